import { type LoadStep, loadStep } from '../model/verify.ts'

export interface StepPaths {
  readonly paths: readonly string[]
  readonly method: string
  readonly body?: string
  readonly slow: readonly string[]
  readonly uploads: readonly string[]
  readonly sse: readonly string[]
  readonly websockets: readonly string[]
  /** Streams of each kind. */
  readonly open: number
}

/** Of all requests: slow ones and uploads are long, and a few of them are on their way at any time. */
const rareWeight = 1
const commonWeight = 48

/** An upload over half a second. */
const upload = { kind: 'upload', pieces: 10, pieceBytes: 1024, everyMs: 50 } as const

/** Steps by nothing but their paths. Slow ones and uploads alone are sent beside a get of `/`. */
export function loadSteps(given: StepPaths): readonly LoadStep[] {
  const { paths, method, body, slow, uploads, sse, websockets, open } = given
  const named = [paths, slow, uploads, sse, websockets].some((each) => each.length > 0) || body !== undefined
  if (!named && method === 'GET') return []
  const common = (paths.length === 0 ? ['/'] : paths).map((path) =>
    loadStep({
      path,
      method,
      weight: commonWeight / Math.max(1, paths.length),
      ...(body === undefined ? {} : { body: { kind: 'text', text: body } as const }),
    }),
  )
  return [
    ...common,
    ...slow.map((path) => loadStep({ path, name: `slow ${path}`, weight: rareWeight, slow: true, timeoutMs: 60_000 })),
    ...uploads.map((path) =>
      loadStep({ path, name: `upload ${path}`, method: 'POST', weight: rareWeight, body: upload }),
    ),
    ...sse.map((path) => loadStep({ path, kind: 'sse', open })),
    ...websockets.map((path) => loadStep({ path, kind: 'websocket', open })),
  ]
}

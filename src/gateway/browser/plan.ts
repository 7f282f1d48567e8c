import { fieldOf, fieldsOf } from '../headers.ts'
import type { Appending } from './append.ts'
import { licenceOf } from './csp.ts'
import { codingOf } from './encodings.ts'
import { isNavigation } from './navigation.ts'

/** What is done to an answer so that the page can be reloaded. */
export type ReloadPlan =
  /** It is no page, or none is wanted: not a byte is changed. */
  | { readonly kind: 'none' }
  /** It is a page that must stay as it is. */
  | { readonly kind: 'skip'; readonly reason: string }
  | AppendPlan

export interface AppendPlan extends Appending {
  readonly kind: 'append'
  /** Fields in lower case that are no longer true. */
  readonly without: ReadonlySet<string>
  readonly headers: readonly string[]
}

/** A request as far as it matters here; fields as a flat list of names and values. */
export interface PageRequest {
  readonly method: string
  readonly fields: readonly string[]
}

export interface PageAnswer {
  readonly status: number
  readonly fields: readonly string[]
}

const noBody: ReadonlySet<number> = new Set([204, 205, 206, 304])
const digests = ['content-length', 'content-md5', 'digest', 'content-digest', 'repr-digest'] as const

/** Decides by the heads alone, so that no byte of the body waits. `client` is the URL of the reload client. */
export function planReload(request: PageRequest, answer: PageAnswer, client: string): ReloadPlan {
  const raw = answer.fields
  const type = fieldOf(raw, 'content-type') ?? ''
  if (!/^\s*text\/html\s*(;|$)/i.test(type) || !isNavigation(request.fields)) return { kind: 'none' }
  if (request.method === 'HEAD' || noBody.has(answer.status)) return { kind: 'none' }
  const reason = reasonToSkip(raw, type)
  if (reason !== undefined) return { kind: 'skip', reason }

  const encoding = fieldsOf(raw, 'content-encoding').join(', ')
  const plain = encoding === '' || /^identity$/i.test(encoding)
  const coding = plain ? undefined : codingOf(encoding)
  if (!plain && coding === undefined) return { kind: 'skip', reason: `content-encoding ${encoding}` }
  const licence = licenceOf(fieldsOf(raw, 'content-security-policy'))
  if (licence.kind === 'forbidden') return { kind: 'skip', reason: `content-security-policy ${licence.by}` }

  const tail = Buffer.from(scriptTag(client, licence.nonce))
  const length = fieldOf(raw, 'content-length')
  const headers = ['x-hotlane-reload', 'injected']
  if (plain && length !== undefined) headers.push('Content-Length', String(Number(length) + tail.length))
  const decoded = coding !== undefined && coding.encoder === undefined
  const without = new Set<string>(decoded ? [...digests, 'content-encoding'] : digests)
  return { kind: 'append', without, headers, tail, ...(coding === undefined ? {} : { coding }) }
}

function reasonToSkip(raw: readonly string[], type: string): string | undefined {
  if (/^\s*attachment\b/i.test(fieldOf(raw, 'content-disposition') ?? '')) return 'attachment'
  // RFC 9111 section 5.2.2.6 forbids any intermediary to change the content.
  if (fieldsOf(raw, 'cache-control').some((value) => /\bno-transform\b/i.test(value))) return 'no-transform'
  if (/charset\s*=\s*"?utf-?(16|32)/i.test(type)) return 'charset'
  return undefined
}

function scriptTag(client: string, nonce: string | undefined): string {
  const attribute = nonce === undefined ? '' : ` nonce="${nonce}"`
  return `<script src="${client.replaceAll('&', '&amp;')}"${attribute} async></script>`
}

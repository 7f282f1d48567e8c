import { targetShape } from '../../gateway/recorder/target-shape.ts'
import type { RecordedRequest } from '../../model/recorded.ts'
import type { ListenAddress } from '../../model/service.ts'
import { type Answer, ask } from '../judge/ask.ts'
import { reasonOf } from '../judge/reason-of.ts'
import { urlOf } from '../judge/url-of.ts'
import { differencesOf } from './compare-answers.ts'

export interface ReplayOptions {
  readonly trial: ListenAddress
  readonly stable: ListenAddress
  readonly recorded: readonly RecordedRequest[]
}

/** What became of one request: `left out` where the old release does not answer it well, or not twice alike. */
export type Replayed =
  | { readonly kind: 'alike' }
  | { readonly kind: 'left out' }
  | { readonly kind: 'different'; readonly request: string; readonly differences: readonly string[] }

/** Requests that are under way at once: both releases serve people meanwhile. */
const atOnce = 4
const answerMs = 5000
/** Requests that are not begun by then are left out. */
const allMs = 60_000

/**
 * Puts recorded requests to both releases and compares the answers. Each is put to the old release before and after the new
 * one, so that what changes by itself meanwhile is not taken for a difference. Only GET and HEAD, whatever was recorded.
 */
export async function replay(options: ReplayOptions, signal: AbortSignal): Promise<readonly Replayed[]> {
  const ends = performance.now() + allMs
  const queue = differentOnes(options.recorded)
  const results: Replayed[] = queue.map(() => ({ kind: 'left out' }))
  let next = 0
  const work = async (): Promise<void> => {
    while (next < queue.length && performance.now() < ends) {
      const index = next++
      const request = queue[index]
      if (request !== undefined) results[index] = await replayOne(request, options, signal)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

/** The newest of each shape: several gateway workers may have kept the same. */
function differentOnes(recorded: readonly RecordedRequest[]): readonly RecordedRequest[] {
  const safe = recorded.filter(({ method }) => method === 'GET' || method === 'HEAD')
  return [...new Map(safe.map((request) => [`${request.method} ${targetShape(request.target)}`, request])).values()]
}

async function replayOne(
  request: RecordedRequest,
  { trial, stable }: ReplayOptions,
  signal: AbortSignal,
): Promise<Replayed> {
  const name = `${request.method} ${request.target}`
  const before = await answerOf(request, stable, signal)
  if (before instanceof Error) return { kind: 'left out' }
  const answer = await answerOf(request, trial, signal)
  const after = await answerOf(request, stable, signal)
  if (after instanceof Error) return { kind: 'left out' }
  const differences = differencesOf([before, after], answer)
  if (differences === undefined) return { kind: 'left out' }
  return differences.length === 0 ? { kind: 'alike' } : { kind: 'different', request: name, differences }
}

async function answerOf(
  { method, target, fields }: RecordedRequest,
  address: ListenAddress,
  signal: AbortSignal,
): Promise<Answer | Error> {
  try {
    return await ask(new URL(urlOf(address)), { method, target, headers: fields, timeoutMs: answerMs }, signal)
  } catch (error) {
    signal.throwIfAborted()
    return new Error(reasonOf(error))
  }
}

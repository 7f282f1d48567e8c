/**
 * What became of a request, as its client saw it.
 *
 * `ok`: the answer that was expected. `refused`: no connection. `stale`: the server closed a kept connection before any byte of
 * the answer; a client may send an idempotent request again then (RFC 9110 section 9.2.2), this one never does.
 * `reset`: the connection broke before the answer's end. `cut`: it ended in good order, but before the answer's end. `timeout`.
 * `status`: another status than expected. `content`: the body lacks the text that was expected. `malformed`: no HTTP.
 * `unfinished`: the run was ended before an answer came.
 */
export const outcomes = [
  'ok',
  'refused',
  'stale',
  'reset',
  'cut',
  'timeout',
  'status',
  'content',
  'malformed',
  'unfinished',
] as const

export type Outcome = (typeof outcomes)[number]

/** Errors of a connection that never was. */
const unreachable: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
])

/** Sorts an error of a socket. `reused`: the connection had answered before; `answering`: some of this answer had come. */
export function outcomeOf(
  code: string | undefined,
  { reused, answering }: { readonly reused: boolean; readonly answering: boolean },
): Outcome {
  if (unreachable.has(code)) return 'refused'
  if (code === 'ETIMEDOUT') return 'timeout'
  return reused && !answering ? 'stale' : 'reset'
}

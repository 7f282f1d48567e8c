/** Streams that are due closer together than this are ended together: a timer has a cost, and a limit. */
const leastPauseMs = 20
/** With nothing to end, requests may still become streams. */
const idlePauseMs = 250

export interface Pace {
  readonly pauseMs: number
  /** How many to end after the pause. */
  readonly count: number
}

/**
 * When streams are ended next, so that those that are left end evenly over the time that is left and the last of them at its
 * end: clients that come back all at once would be a blow to the new release. There must be time left.
 */
export function paceOf(left: number, remainingMs: number): Pace {
  if (left === 0) return { pauseMs: Math.min(idlePauseMs, remainingMs), count: 0 }
  const count = Math.min(left, Math.ceil((leastPauseMs * left) / remainingMs))
  return { pauseMs: (count * remainingMs) / left, count }
}

import type { ServiceCounters } from './gateway.ts'

/** The figures of one service while they are counted. */
export interface Tally {
  requests: number
  readonly statusClasses: [number, number, number, number, number, number]
  lost: number
  heldTotal: number
  inFlight: number
  retried: number
}

export function newTally(): Tally {
  return { requests: 0, statusClasses: [0, 0, 0, 0, 0, 0], lost: 0, heldTotal: 0, inFlight: 0, retried: 0 }
}

/** Index of a status in `statusClasses`; a status beyond 5xx counts as 5xx. */
export function statusClass(status: number): 1 | 2 | 3 | 4 | 5 {
  return Math.min(5, Math.max(1, Math.floor(status / 100))) as 1 | 2 | 3 | 4 | 5
}

/** A copy that does not move any more. */
export function readTally(tally: Tally, held: number): ServiceCounters {
  return { ...tally, held, statusClasses: [...tally.statusClasses] }
}

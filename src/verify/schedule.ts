/** A stretch of time with a rate that is constant or changes evenly. Rates are requests per second. */
export interface Segment {
  readonly from: number
  readonly to: number
  readonly durationMs: number
}

/**
 * Intended starts of an open-loop load in ms since its begin: evenly spread, known beforehand, whatever the service does.
 * `at(n)` is that of request number n, counted from 0; Infinity where the schedule has ended.
 */
export class Schedule {
  readonly count: number
  readonly durationMs: number
  readonly #parts: readonly Part[]

  constructor(segments: readonly Segment[]) {
    const parts: Part[] = []
    let startMs = 0
    let before = 0
    for (const segment of segments) {
      parts.push({ ...segment, startMs, before })
      startMs += segment.durationMs
      before += ((segment.from + segment.to) / 2) * (segment.durationMs / 1000)
    }
    this.#parts = parts
    this.durationMs = startMs
    // A request that is due at the very end would be sent by a run that is over; a sum of fractions may miss a whole number.
    this.count = Math.ceil(before - 1e-6)
  }

  at(n: number): number {
    if (n >= this.count) return Infinity
    const part = this.#parts.findLast(({ before }) => before <= n)
    if (part === undefined) return Infinity
    return part.startMs + secondsUntil(part, n - part.before) * 1000
  }
}

interface Part extends Segment {
  readonly startMs: number
  /** Requests due before it, which need not be a whole number. */
  readonly before: number
}

/** When `count` requests have become due: the area below the line from one rate to the other, solved for time. */
function secondsUntil({ from, to, durationMs }: Segment, count: number): number {
  const slope = (to - from) / (durationMs / 1000)
  if (slope === 0) return count / from
  // The stable form of the quadratic's root: no difference of nearly equal numbers.
  return (2 * count) / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * count)))
}

import type { LaneReading } from '../../gateway/data-plane.ts'
import type { HistogramCounts } from '../../gateway/histogram.ts'
import type { Share } from './evidence.ts'

/** What a lane did between two readings. */
export interface LaneFigures {
  /** Of the requests that have an outcome, those that went wrong. */
  readonly errors: Share
  /** Microseconds from a request's head to the last byte of its answer. */
  readonly latency: HistogramCounts
}

/** A lane of which nothing is known yet. */
const nothing: LaneFigures = { errors: { count: 0, of: 0 }, latency: { counts: new Float64Array() } }

/** What happened on a lane since the reading before; a lane that was not there then, or is not there yet, began at zero. */
export function since(before: LaneReading | undefined, now: LaneReading | undefined): LaneFigures {
  if (now === undefined) return nothing
  const total = figuresOf(now)
  return before === undefined ? total : difference(total, figuresOf(before))
}

/** What happened on a lane since the gateway began. */
export function figuresOf({ counters, latency }: LaneReading): LaneFigures {
  const { requests, resets, statusClasses } = counters
  // Requests that were lost are among these already: refused ones were answered with a 5xx, the others were cut.
  const failed = statusClasses[0] + statusClasses[5] + resets
  // A request that was cut before its answer counts as a reset and as unanswered.
  return { errors: { count: Math.min(failed, requests), of: requests }, latency }
}

function difference(total: LaneFigures, before: LaneFigures): LaneFigures {
  const of = rise(total.errors.of, before.errors.of)
  const counts = total.latency.counts.map((count, index) => rise(count, before.latency.counts[index] ?? 0))
  return { errors: { count: Math.min(of, rise(total.errors.count, before.errors.count)), of }, latency: { counts } }
}

function rise(now: number, before: number): number {
  return Math.max(0, now - before)
}

import { Histogram, lowerBoundOf } from './histogram.ts'
import { type Outcome, outcomes } from './outcome.ts'
import type { Sample } from './samples.ts'

/** Milliseconds; null where there was nothing to measure (NaN is no JSON). */
export interface LatencyFigures {
  readonly count: number
  readonly mean: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** Figures of a set of requests. */
export interface Figures {
  readonly requests: number
  /** With the expected answer. */
  readonly ok: number
  /** Share with the expected answer, 0 to 1; null of none. */
  readonly success: number | null
  readonly failed: Readonly<Partial<Record<Outcome, number>>>
  readonly latency: LatencyFigures
  /** Lower bound in ms and count of each bucket of latency. */
  readonly histogram: readonly (readonly [number, number])[]
}

/** Adds samples up. */
export class Tally {
  readonly #counts = new Map<Outcome, number>()
  readonly #latency = new Histogram()
  #requests = 0

  get latency(): Histogram {
    return this.#latency
  }

  /** `timed`: its latency counts, if it was answered. */
  add({ outcome, latencyMs }: Sample, timed: boolean): void {
    this.#requests++
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1)
    if (timed && isAnswered(outcome)) this.#latency.add(latencyMs)
  }

  figures(): Figures {
    const ok = this.#counts.get('ok') ?? 0
    const failed = outcomes.filter((outcome) => outcome !== 'ok' && this.#counts.has(outcome))
    return {
      requests: this.#requests,
      ok,
      success: this.#requests === 0 ? null : ok / this.#requests,
      failed: Object.fromEntries(failed.map((outcome) => [outcome, this.#counts.get(outcome)])),
      latency: latencyFigures(this.#latency),
      histogram: this.#latency.buckets().map(([index, count]) => [round(lowerBoundOf(index)), count] as const),
    }
  }
}

/** An answer came, right or wrong. A timeout counts too: who waited so long has not waited less. */
function isAnswered(outcome: Outcome): boolean {
  return outcome === 'ok' || outcome === 'status' || outcome === 'content' || outcome === 'timeout'
}

export function latencyFigures(histogram: Histogram): LatencyFigures {
  const figure = (value: number): number | null => (histogram.count === 0 ? null : round(value))
  return {
    count: histogram.count,
    mean: figure(histogram.mean),
    p50: figure(histogram.quantile(0.5)),
    p95: figure(histogram.quantile(0.95)),
    p99: figure(histogram.quantile(0.99)),
    max: figure(histogram.max),
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

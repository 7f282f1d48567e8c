/** Linear steps within each power of two: a value is told with an error under 1/128. */
const stepBits = 7
const steps = 1 << stepBits
/** Beyond this many microseconds (71 minutes) values are counted as this one. */
const greatest = 2 ** 32 - 1
const buckets = (32 - stepBits + 1) * steps

/** A copy of a histogram that does not move any more; `counts` of two can be added index by index. */
export interface HistogramCounts {
  readonly counts: Float64Array
}

/** Durations in microseconds, log-linear: constant size, constant cost, mergeable, an error under 1 %. */
export class Histogram {
  // 2^32 is reached within a day by a busy worker, so these are not 32-bit counts.
  readonly #counts = new Float64Array(buckets)

  record(microseconds: number): void {
    const index = indexOf(Math.min(greatest, Math.max(0, Math.round(microseconds))))
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
  }

  merge({ counts }: HistogramCounts): void {
    for (let index = 0; index < buckets; index++)
      this.#counts[index] = (this.#counts[index] ?? 0) + (counts[index] ?? 0)
  }

  read(): HistogramCounts {
    return { counts: this.#counts.slice() }
  }
}

/** How many values were recorded. */
export function countOf({ counts }: HistogramCounts): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** The value, in microseconds, that the given share (0 to 1) of all values does not exceed (nearest rank). NaN of nothing. */
export function quantile(histogram: HistogramCounts, share: number): number {
  const rank = Math.max(1, Math.ceil(share * countOf(histogram)))
  let seen = 0
  for (const [index, count] of histogram.counts.entries()) {
    seen += count
    if (seen >= rank) return middleOf(index)
  }
  return Number.NaN
}

/** How many of the recorded values are greater, as far as the histogram tells values apart. */
export function countAbove({ counts }: HistogramCounts, microseconds: number): number {
  return counts.reduce((sum, count, index) => (middleOf(index) > microseconds ? sum + count : sum), 0)
}

function indexOf(value: number): number {
  if (value < steps) return value
  const exponent = 31 - Math.clz32(value) - stepBits
  return exponent * steps + (value >>> exponent)
}

function middleOf(index: number): number {
  if (index < 2 * steps) return index
  const exponent = Math.floor(index / steps) - 1
  const low = (index - exponent * steps) * 2 ** exponent
  return low + (2 ** exponent - 1) / 2
}

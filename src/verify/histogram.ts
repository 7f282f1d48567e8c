/** Buckets per power of two: the width of a bucket is at most 1/32 of its value, so figures are right to about 3 %. */
const perOctave = 32

/** Smallest time told apart, in ms. */
const unit = 0.001

/**
 * A histogram with log-linear buckets: bounded memory, a bounded relative error, and two of them add up to the one that
 * would have seen both inputs. Values are milliseconds.
 */
export class Histogram {
  /** By bucket; those above the last are empty. */
  readonly #counts: number[] = []
  #count = 0
  #sum = 0
  #max = 0

  get count(): number {
    return this.#count
  }

  get max(): number {
    return this.#max
  }

  get mean(): number {
    return this.#count === 0 ? NaN : this.#sum / this.#count
  }

  add(ms: number): void {
    this.#raise(bucketOf(ms), 1)
    this.#count++
    this.#sum += ms
    if (ms > this.#max) this.#max = ms
  }

  merge(other: Histogram): void {
    for (const [index, count] of other.buckets()) this.#raise(index, count)
    this.#count += other.#count
    this.#sum += other.#sum
    this.#max = Math.max(this.#max, other.#max)
  }

  /** The value below or at which a share (0 to 1) of all values lies, by nearest rank; NaN of nothing. */
  quantile(share: number): number {
    if (this.#count === 0) return NaN
    let rest = Math.max(1, Math.ceil(share * this.#count))
    for (const [index, count] of this.buckets()) {
      rest -= count
      if (rest <= 0) return Math.min(this.#max, middleOf(index))
    }
    return this.#max
  }

  /** Index and count of the buckets that are not empty, by value. */
  buckets(): readonly (readonly [number, number])[] {
    return this.#counts.flatMap((count, index) => (count === 0 ? [] : [[index, count]]))
  }

  #raise(index: number, by: number): void {
    while (this.#counts.length <= index) this.#counts.push(0)
    this.#counts[index] = (this.#counts[index] ?? 0) + by
  }
}

/** The bucket of a value in ms. */
export function bucketOf(ms: number): number {
  const value = Math.max(0, ms) / unit
  if (value < perOctave) return Math.floor(value)
  // Up to 36 minutes are an integer of 31 bits, whose logarithm and power cost next to nothing.
  const isShort = value < 2 ** 31
  const octave = isShort ? 31 - Math.clz32(value) : Math.floor(Math.log2(value))
  const width = (isShort ? 1 << octave : 2 ** octave) / perOctave
  return (octave - 5) * perOctave + Math.floor(value / width)
}

/** Lower bound of a bucket in ms. */
export function lowerBoundOf(index: number): number {
  if (index < perOctave * 2) return index * unit
  const octave = Math.floor(index / perOctave) + 4
  const within = index - (octave - 5) * perOctave
  return within * (2 ** octave / perOctave) * unit
}

function middleOf(index: number): number {
  return (lowerBoundOf(index) + lowerBoundOf(index + 1)) / 2
}

import { type Outcome, outcomes } from './outcome.ts'

/** One request, or one opening of a stream. Times are ms since the begin of the run, but for durations. */
export interface Sample {
  /** Number of the request; its id is `<run>-<n>`. */
  readonly n: number
  /** Index into the plan's steps. */
  readonly step: number
  readonly outcome: Outcome
  /** Status of the answer; 0 where none came. */
  readonly status: number
  /** Release that answered, by the answer's own word; empty where it said nothing. */
  readonly release: string
  /** Whether it opened a connection of its own. */
  readonly fresh: boolean
  readonly intendedMs: number
  /** How much later than intended the generator itself was, in ms: no fault of the service. */
  readonly ownMs: number
  /** From the intended start to the end of the answer, without `ownMs`; for streams to the head of the answer. */
  readonly latencyMs: number
  readonly endedMs: number
  /** Bytes of the answer. */
  readonly bytes: number
}

/** Samples in columns, as they travel between processes. */
export interface SampleBatch {
  readonly length: number
  readonly n: Uint32Array
  readonly step: Uint16Array
  readonly outcome: Uint8Array
  readonly fresh: Uint8Array
  readonly status: Uint16Array
  /** Index into all releases told so far. */
  readonly release: Uint16Array
  readonly intendedMs: Float64Array
  readonly ownMs: Float32Array
  readonly latencyMs: Float32Array
  readonly endedMs: Float64Array
  readonly bytes: Uint32Array
  /** Releases first seen in this batch, in the order of their indexes. */
  readonly releases: readonly string[]
}

/** Rows of a whole batch. */
const batchRows = 16_384

function emptyBatch(): Omit<SampleBatch, 'length' | 'releases'> {
  return {
    n: new Uint32Array(batchRows),
    step: new Uint16Array(batchRows),
    outcome: new Uint8Array(batchRows),
    fresh: new Uint8Array(batchRows),
    status: new Uint16Array(batchRows),
    release: new Uint16Array(batchRows),
    intendedMs: new Float64Array(batchRows),
    ownMs: new Float32Array(batchRows),
    latencyMs: new Float32Array(batchRows),
    endedMs: new Float64Array(batchRows),
    bytes: new Uint32Array(batchRows),
  }
}

/** Collects samples in whole batches, which are handed over as they are. */
export class SampleWriter {
  #columns = emptyBatch()
  #length = 0
  readonly #whole: SampleBatch[] = []
  readonly #releases = new Map<string, number>()
  #told = 0
  #last: { readonly release: string; readonly index: number } | undefined

  /** How many whole batches wait. */
  get whole(): number {
    return this.#whole.length
  }

  add(sample: Sample): void {
    const row = this.#length++
    const columns = this.#columns
    columns.n[row] = sample.n
    columns.step[row] = sample.step
    columns.outcome[row] = outcomes.indexOf(sample.outcome)
    columns.fresh[row] = sample.fresh ? 1 : 0
    columns.status[row] = sample.status
    columns.release[row] = this.#releaseIndex(sample.release)
    columns.intendedMs[row] = sample.intendedMs
    columns.ownMs[row] = sample.ownMs
    columns.latencyMs[row] = sample.latencyMs
    columns.endedMs[row] = sample.endedMs
    columns.bytes[row] = sample.bytes
    if (this.#length < batchRows) return
    this.#whole.push({ ...columns, length: batchRows, releases: this.#newReleases() })
    this.#columns = emptyBatch()
    this.#length = 0
  }

  /** The oldest whole batch. */
  takeWhole(): SampleBatch | undefined {
    return this.#whole.shift()
  }

  /** All that there is, in the order in which it was added. */
  takeAll(): readonly SampleBatch[] {
    const all = this.#whole.splice(0)
    const length = this.#length
    if (length === 0) return all
    const columns = this.#columns
    this.#length = 0
    all.push({
      length,
      n: columns.n.slice(0, length),
      step: columns.step.slice(0, length),
      outcome: columns.outcome.slice(0, length),
      fresh: columns.fresh.slice(0, length),
      status: columns.status.slice(0, length),
      release: columns.release.slice(0, length),
      intendedMs: columns.intendedMs.slice(0, length),
      ownMs: columns.ownMs.slice(0, length),
      latencyMs: columns.latencyMs.slice(0, length),
      endedMs: columns.endedMs.slice(0, length),
      bytes: columns.bytes.slice(0, length),
      releases: this.#newReleases(),
    })
    return all
  }

  #newReleases(): readonly string[] {
    const releases = [...this.#releases.keys()].slice(this.#told)
    this.#told = this.#releases.size
    return releases
  }

  #releaseIndex(release: string): number {
    if (release === this.#last?.release) return this.#last.index
    const index = this.#releases.get(release) ?? this.#releases.size
    this.#releases.set(release, index)
    this.#last = { release, index }
    return index
  }
}

/** All samples of a run, in the order in which they ended. */
export class SampleLog implements Iterable<Sample> {
  readonly #batches: SampleBatch[] = []
  readonly #releases: string[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  push(batch: SampleBatch): void {
    this.#releases.push(...batch.releases)
    this.#batches.push(batch)
    this.#length += batch.length
  }

  *[Symbol.iterator](): Generator<Sample> {
    for (const batch of this.#batches) yield* samplesOf(batch, this.#releases)
  }

  /** The samples of one batch of this log. */
  of(batch: SampleBatch): Iterable<Sample> {
    return samplesOf(batch, this.#releases)
  }
}

function* samplesOf(batch: SampleBatch, releases: readonly string[]): Generator<Sample> {
  for (let row = 0; row < batch.length; row++) {
    yield {
      n: batch.n[row] ?? 0,
      step: batch.step[row] ?? 0,
      outcome: outcomes[batch.outcome[row] ?? 0] ?? 'ok',
      fresh: batch.fresh[row] === 1,
      status: batch.status[row] ?? 0,
      release: releases[batch.release[row] ?? 0] ?? '',
      intendedMs: batch.intendedMs[row] ?? 0,
      ownMs: batch.ownMs[row] ?? 0,
      latencyMs: batch.latencyMs[row] ?? 0,
      endedMs: batch.endedMs[row] ?? 0,
      bytes: batch.bytes[row] ?? 0,
    }
  }
}

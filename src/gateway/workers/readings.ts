import { addCounters, Tally } from '../counters.ts'
import type { LaneReading } from '../data-plane.ts'
import type { ServiceCounters } from '../gateway.ts'
import { Histogram } from '../histogram.ts'

/** A reading as it is sent: of the histogram only what is not zero, as index and count by turns. */
export interface WrittenReading {
  readonly service: string
  readonly lane: string
  readonly counters: ServiceCounters
  readonly latency: readonly number[]
}

export function writeReading({ service, lane, counters, latency }: LaneReading): WrittenReading {
  const pairs: number[] = []
  for (const [index, count] of latency.counts.entries()) if (count !== 0) pairs.push(index, count)
  return { service, lane, counters, latency: pairs }
}

export function readReading({ service, lane, counters, latency }: WrittenReading): LaneReading {
  const { counts } = new Histogram().read()
  for (let at = 0; at + 1 < latency.length; at += 2) {
    const index = latency[at] ?? counts.length
    if (index < counts.length) counts[index] = latency[at + 1] ?? 0
  }
  // A worker of an earlier version may not count everything that this one does.
  return { service, lane, counters: { ...new Tally().read(0), ...counters }, latency: { counts } }
}

/** Adds up what several workers have counted, lane by lane. */
export function sumReadings(all: Iterable<LaneReading>): readonly LaneReading[] {
  const sums = new Map<
    string,
    { readonly first: LaneReading; counters: ServiceCounters; readonly latency: Histogram }
  >()
  for (const reading of all) {
    const key = JSON.stringify([reading.service, reading.lane])
    const sum = sums.get(key)
    if (sum === undefined) {
      const latency = new Histogram()
      latency.merge(reading.latency)
      sums.set(key, { first: reading, counters: reading.counters, latency })
    } else {
      sum.counters = addCounters(sum.counters, reading.counters)
      sum.latency.merge(reading.latency)
    }
  }
  return [...sums.values()].map(({ first: { service, lane }, counters, latency }) => {
    return { service, lane, counters, latency: latency.read() }
  })
}

/** What is left of a reading when its worker has ended: nothing is in flight or waits there any more. */
export function withoutGauges({ counters, ...rest }: LaneReading): LaneReading {
  return { ...rest, counters: { ...counters, held: 0, inFlight: 0 } }
}

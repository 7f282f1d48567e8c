import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { Tally } from '../counters.ts'
import type { LaneReading } from '../data-plane.ts'
import { countOf, Histogram } from '../histogram.ts'
import { readReading, sumReadings, withoutGauges, writeReading, type WrittenReading } from './readings.ts'

const reading = fc
  .record({
    service: fc.constantFrom('shop', 'cart'),
    lane: fc.constantFrom('stable', 'canary'),
    requests: fc.nat(),
    inFlight: fc.nat(),
    latencies: fc.array(fc.nat(100_000_000), { maxLength: 20 }),
  })
  .map(({ service, lane, requests, inFlight, latencies }): LaneReading => {
    const latency = new Histogram()
    for (const each of latencies) latency.record(each)
    const counters = { ...new Tally().read(0), requests, inFlight }
    return { service, lane, counters, latency: latency.read() }
  })

it('come through their written form as they were', () => {
  fc.assert(
    fc.property(reading, (one) => {
      const written = JSON.parse(JSON.stringify(writeReading(one))) as WrittenReading
      const { latency, ...read } = readReading(written)
      expect(read).toEqual({ service: one.service, lane: one.lane, counters: one.counters })
      expect(Buffer.from(latency.counts.buffer).equals(Buffer.from(one.latency.counts.buffer))).toBe(true)
    }),
    { numRuns: 20 },
  )
})

it('add up lane by lane, in any order and grouping', () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 6 }), fc.nat(6), (all, cut) => {
      const sum = sumReadings(all)
      const total = (readings: readonly LaneReading[]): number =>
        readings.reduce((count, { counters, latency }) => count + counters.requests + countOf(latency), 0)
      expect(total(sum)).toBe(total(all))
      expect(new Set(sum.map(({ service, lane }) => `${service} ${lane}`)).size).toBe(sum.length)
      const parts = sumReadings([...sumReadings(all.slice(cut)), ...all.slice(0, cut)])
      const keyed = (readings: readonly LaneReading[]) =>
        readings.map((one) => JSON.stringify(writeReading(one))).sort((a, b) => (a < b ? -1 : 1))
      expect(keyed(parts)).toEqual(keyed(sum))
    }),
    { numRuns: 20 },
  )
})

it('count what an earlier version did not count as nothing', () => {
  const written = { service: 'shop', lane: 'stable', counters: { requests: 3 }, latency: [1, 2, 1e9, 4] }
  const { counters, latency } = readReading(written as unknown as WrittenReading)
  expect(counters).toMatchObject({ requests: 3, resets: 0 })
  expect(countOf(latency)).toBe(2)
})

it('have nothing in flight when their worker has ended', () => {
  fc.assert(
    fc.property(reading, (one) => {
      const { counters } = withoutGauges(one)
      expect(counters).toEqual({ ...one.counters, inFlight: 0, held: 0 })
    }),
    { numRuns: 20 },
  )
})

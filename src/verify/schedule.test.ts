import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Schedule } from './schedule.ts'

const rate = fc.integer({ min: 1, max: 300 })
const segment = fc.record({ from: rate, to: rate, durationMs: fc.integer({ min: 100, max: 2000 }) })

describe('a schedule', () => {
  it('spreads a constant rate evenly', () => {
    const schedule = new Schedule([{ from: 100, to: 100, durationMs: 1000 }])
    expect(schedule.count).toBe(100)
    expect([0, 1, 50, 99].map((n) => schedule.at(n))).toEqual([0, 10, 500, 990])
    expect(schedule.at(100)).toBe(Infinity)
  })

  it('has as many requests as the area below its rates, in order and in time', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const schedule = new Schedule(segments)
        const area = segments.reduce(
          (sum, { from, to, durationMs }) => sum + ((from + to) / 2) * (durationMs / 1000),
          0,
        )
        expect(Math.abs(schedule.count - area)).toBeLessThanOrEqual(1)
        const starts = Array.from({ length: schedule.count }, (_, n) => schedule.at(n))
        expect(starts.every((at, n) => n === 0 || at > (starts[n - 1] ?? 0))).toBe(true)
        expect(starts.at(-1)).toBeLessThanOrEqual(schedule.durationMs + 1e-6)
      }),
      { numRuns: 50 },
    )
  })

  it('sends more in the second half of a ramp than in the first', () => {
    const schedule = new Schedule([{ from: 10, to: 190, durationMs: 2000 }])
    const starts = Array.from({ length: schedule.count }, (_, n) => schedule.at(n))
    expect(schedule.count).toBe(200)
    expect(starts.filter((at) => at < 1000)).toHaveLength(55)
  })
})

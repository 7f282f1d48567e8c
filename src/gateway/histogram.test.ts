import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { countAbove, countOf, Histogram, quantile } from './histogram.ts'

const values = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 200 })

test('any quantile is told with an error under 1 %', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (recorded, share) => {
      const histogram = new Histogram()
      for (const value of recorded) histogram.record(value)
      const sorted = [...recorded].sort((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0
      expect(Math.abs(quantile(histogram.read(), share) - exact)).toBeLessThanOrEqual(exact * 0.01)
    }),
  )
})

test('what was recorded apart and merged is what would have been recorded together', () => {
  fc.assert(
    fc.property(values, values, (one, two) => {
      const [apart, other, together] = [new Histogram(), new Histogram(), new Histogram()]
      for (const value of one) apart.record(value)
      for (const value of two) other.record(value)
      for (const value of [...one, ...two]) together.record(value)
      apart.merge(other.read())
      expect(apart.read()).toEqual(together.read())
      expect(countOf(apart.read())).toBe(one.length + two.length)
    }),
  )
})

test('nothing has no quantile, and what is too long counts as the longest', () => {
  expect(quantile(new Histogram().read(), 0.5)).toBeNaN()
  const histogram = new Histogram()
  histogram.record(1e15)
  expect(quantile(histogram.read(), 1)).toBeGreaterThan(2 ** 32 * 0.99)
})

test('values above a bound are counted, but for those that cannot be told from it', () => {
  const histogram = new Histogram()
  for (const value of [0, 5, 100, 1000, 100_000]) histogram.record(value)
  expect([0, 5, 50, 2000, 200_000].map((bound) => countAbove(histogram.read(), bound))).toEqual([4, 3, 3, 1, 0])
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketOf, Histogram, lowerBoundOf } from './histogram.ts'

const times = fc.array(fc.double({ min: 0.01, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 200 })

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.add(value)
  return histogram
}

describe('a histogram', () => {
  it('puts every value into the bucket that contains it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (ms) => {
        const index = bucketOf(ms)
        expect(lowerBoundOf(index)).toBeLessThanOrEqual(ms + 1e-9)
        expect(lowerBoundOf(index + 1)).toBeGreaterThanOrEqual(ms - 1e-9)
      }),
    )
  })

  it('has quantiles within 4 % of the exact ones', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const sorted = [...values].sort((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0
        expect(Math.abs(histogramOf(values).quantile(share) - exact)).toBeLessThanOrEqual(exact * 0.04 + 0.001)
      }),
    )
  })

  it('merges into what would have seen both', () => {
    fc.assert(
      fc.property(times, times, (first, second) => {
        const merged = histogramOf(first)
        merged.merge(histogramOf(second))
        const both = histogramOf([...first, ...second])
        expect(merged.buckets()).toEqual(both.buckets())
        expect([merged.count, merged.max]).toEqual([both.count, both.max])
      }),
    )
  })

  it('has no quantile of nothing', () => {
    expect(new Histogram().quantile(0.5)).toBeNaN()
  })
})

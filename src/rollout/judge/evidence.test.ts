import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { evidenceOfLess, evidenceOfMore, ratio, type Share } from './evidence.ts'
import { logBeta } from './log-beta.ts'

/** Probability of a count among independent ones. */
function binomial({ count, of }: Share, share: number): number {
  let probability = (1 - share) ** (of - count)
  for (let index = 1; index <= count; index++) probability *= ((of - count + index) / index) * share
  return probability
}

/** Expectation of the evidence over all outcomes of so many requests, if these are the shares. */
function expectation(
  of: readonly [number, number],
  shares: readonly [number, number],
  evidence: (observed: Share, baseline: Share) => number,
): number {
  let sum = 0
  for (let observed = 0; observed <= of[0]; observed++)
    for (let other = 0; other <= of[1]; other++) {
      const [one, two] = [
        { count: observed, of: of[0] },
        { count: other, of: of[1] },
      ]
      sum += binomial(one, shares[0]) * binomial(two, shares[1]) * Math.exp(evidence(one, two))
    }
  return sum
}

const requests = fc.tuple(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 25 }))
const small = fc.double({ min: 0, max: 0.3, noNaN: true })

describe('evidence', () => {
  it('is expected to be at most 1 where the hypothesis is true, so that it is rarely great', () => {
    fc.assert(
      fc.property(requests, small, small, small, (of, share, excess, gap) => {
        const below = Math.max(0, share + excess - gap)
        const more = (one: Share, two: Share) => evidenceOfMore(one, two, excess)
        expect(expectation(of, [below, share], more)).toBeLessThanOrEqual(1 + 1e-9)
        const less = (one: Share, two: Share) => evidenceOfLess(one, two, excess)
        expect(expectation(of, [share + excess + gap, share], less)).toBeLessThanOrEqual(1 + 1e-9)
      }),
    )
  })

  it('is the same for a share that is known as for one of which all is known', () => {
    const observed = { count: 30, of: 1000 }
    const known = evidenceOfMore(observed, 0.01, 0.005)
    expect(known).toBeGreaterThan(0)
    // What it costs to find the other share out is bounded by a power of its number.
    const found = evidenceOfMore(observed, { count: 100_000, of: 10_000_000 }, 0.005)
    expect(found).toBeLessThan(known)
    expect(found).toBeGreaterThan(known - Math.log(10_000_000))
  })

  it('of at least as much and of at most as much is never great at once', () => {
    const share = fc
      .integer({ min: 0, max: 2000 })
      .chain((of) => fc.record({ count: fc.integer({ min: 0, max: of }), of: fc.constant(of) }))
    fc.assert(
      fc.property(share, share, small, (observed, baseline, excess) => {
        const more = evidenceOfMore(observed, baseline, excess)
        const less = evidenceOfLess(observed, baseline, excess)
        expect(Math.min(more, less)).toBeLessThanOrEqual(1e-6)
        const speaksForIt = ratio(observed) - ratio(baseline) < excess
        expect(speaksForIt ? more : 0).toBeLessThanOrEqual(1e-6)
      }),
    )
  })
})

it.each([
  [1, 1, 1],
  [2, 3, 1 / 12],
  [0.5, 0.5, Math.PI],
  [5, 10, 1 / 10_010],
])('the beta function of %d and %d is %d', (a, b, expected) => {
  expect(Math.exp(logBeta(a, b))).toBeCloseTo(expected, 12)
})

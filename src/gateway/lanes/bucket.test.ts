import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { allBuckets, bucketOf, seedOf, shuffleOf } from './bucket.ts'

const clients = 40_000

/** Keys as they come in practice: alike but for a few characters. */
const families: readonly (readonly [string, (index: number) => string])[] = [
  ['numbers', (index) => String(index)],
  ['addresses', (index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`],
  ['names', (index) => `user-${index}@shop.test`],
]

test.each(families)('%s fall evenly into buckets', (_name, key) => {
  const seed = seedOf('shop\n7')
  const bins = new Float64Array(100)
  for (let index = 0; index < clients; index++) {
    const bin = Math.floor(bucketOf(key(index), seed) / (allBuckets / bins.length))
    bins[bin] = (bins[bin] ?? 0) + 1
  }
  const expected = clients / bins.length
  const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  // With 99 degrees of freedom an even spread exceeds 160 once in 10,000 families; these three are always the same.
  expect(chiSquare).toBeLessThan(160)
})

test.each(families)('another salt deals %s out anew', (_name, key) => {
  const [one, two] = [seedOf('shop\n7'), seedOf('shop\n8')]
  let both = 0
  for (let index = 0; index < clients; index++)
    if (bucketOf(key(index), one) < 2000 && bucketOf(key(index), two) < 2000) both++
  // A fifth of a fifth, within five standard deviations.
  expect(Math.abs(both - clients * 0.04)).toBeLessThan(5 * Math.sqrt(clients * 0.04 * 0.96))
})

test('a key always has the same bucket, and every bucket is one', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (salt, key) => {
      const bucket = bucketOf(key, seedOf(salt))
      expect(bucket).toBe(bucketOf(key, seedOf(salt)))
      expect(Number.isInteger(bucket) && bucket >= 0 && bucket < allBuckets).toBe(true)
    }),
  )
})

test('a shuffle moves each bucket to a place of its own', () => {
  fc.assert(
    fc.property(fc.string(), (salt) => {
      const shuffle = shuffleOf(seedOf(salt))
      const places = new Set(Array.from({ length: allBuckets }, (_, bucket) => shuffle(bucket)))
      expect(places.size).toBe(allBuckets)
      expect(Math.min(...places)).toBe(0)
      expect(Math.max(...places)).toBe(allBuckets - 1)
    }),
    { numRuns: 30 },
  )
})

test('who is first for one salt is not first for the next', () => {
  const [one, two] = [shuffleOf(seedOf('shop\n7')), shuffleOf(seedOf('shop\n8'))]
  const first = Array.from({ length: allBuckets }, (_, bucket) => bucket).filter((bucket) => one(bucket) < 1000)
  expect(first.filter((bucket) => two(bucket) < 1000).length).toBeLessThan(300)
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mixOf, shareOf } from './mix.ts'

describe('a mix', () => {
  it('gives every step its share, to within one', () => {
    const weights = fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }).filter((each) => each.some((one) => one > 0))
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 20 }), (each, rounds) => {
        const next = mixOf(each)
        const total = each.reduce((sum, weight) => sum + weight, 0)
        const counts = each.map(() => 0)
        for (let turn = 0; turn < total * rounds; turn++) {
          const step = next?.() ?? 0
          counts[step] = (counts[step] ?? 0) + 1
        }
        expect(counts).toEqual(each.map((weight) => weight * rounds))
      }),
    )
  })

  it('is none without weights', () => {
    expect(mixOf([0, 0])).toBeUndefined()
  })

  it('says yes for a share', () => {
    for (const share of [0, 0.2, 0.5, 1]) {
      const yes = shareOf(share)
      expect(Array.from({ length: 1000 }, yes).filter(Boolean)).toHaveLength(share * 1000)
    }
  })
})

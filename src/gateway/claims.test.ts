import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { Claims, type Claimant } from './claims.ts'

it('holds those that were added and not deleted, in the order of their arrival', () => {
  const steps = fc.array(fc.record({ add: fc.boolean(), index: fc.nat(9) }), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (all) => {
      const claims = new Claims()
      const claimants: Claimant[] = Array.from({ length: 10 }, (_, sequence) => ({ sequence, claimPlace: -1 }))
      const expected = new Set<Claimant>()
      for (const { add, index } of all) {
        const claimant = claimants[index]
        if (claimant === undefined) throw new Error('there is no such claimant')
        const has = expected.has(claimant)
        if (add && !has) claims.add(claimant)
        if (add) expected.add(claimant)
        else expected.delete(claimant)
        expect(add || claims.delete(claimant)).toBe(add || has)
        expect(claims.size).toBe(expected.size)
        expect(claims.list()).toEqual([...expected].toSorted((a, b) => a.sequence - b.sequence))
      }
    }),
  )
})

import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { respawnDelay } from './respawn-delay.ts'

it('is nothing for a single death, and grows while deaths go on', () => {
  expect(respawnDelay([], 0)).toBe(0)
  expect(respawnDelay([50], 50)).toBe(0)
  expect(respawnDelay([0, 50], 50)).toBe(100)
  expect(respawnDelay([0, 50, 200], 200)).toBe(200)
  expect(respawnDelay([0, 60_000], 60_000)).toBe(0)
})

it('is bounded, whatever happens', () => {
  const gaps = fc.array(fc.nat(30_000), { maxLength: 100 })
  fc.assert(
    fc.property(gaps, (between) => {
      let now = 0
      const deaths = between.map((gap) => (now += gap))
      const delay = respawnDelay(deaths, now)
      expect(delay).toBeGreaterThanOrEqual(0)
      expect(delay).toBeLessThanOrEqual(10_000)
    }),
  )
})

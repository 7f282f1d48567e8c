import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { crashesInARow, isCrashLoop, nextDelay } from './backoff.ts'

const short = { livedMs: 5 }
const healthy = { livedMs: 10_000 }
const crash = fc.record({ livedMs: fc.nat(20_000) })

describe('nextDelay', () => {
  it('doubles from 100 ms to 10 s', () => {
    const delays = Array.from({ length: 10 }, (_, crashes) => nextDelay(Array.from({ length: crashes }, () => short)))
    expect(delays).toEqual([0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
  })

  it('begins anew after a healthy run', () => {
    expect(nextDelay([short, short, short, healthy])).toBe(100)
    expect(nextDelay([short, short, healthy, short])).toBe(200)
  })

  it('is bounded, grows with every short life, and depends on nothing before a healthy one', () => {
    fc.assert(
      fc.property(fc.array(crash, { minLength: 1, maxLength: 2000 }), (history) => {
        const delay = nextDelay(history)
        expect(delay).toBeGreaterThanOrEqual(100)
        expect(delay).toBeLessThanOrEqual(10_000)
        expect(nextDelay([...history, short])).toBe(Math.min(delay * 2, 10_000))
        expect(nextDelay([...history, healthy])).toBe(100)
      }),
    )
  })
})

describe('isCrashLoop', () => {
  it('begins with the third crash in a row', () => {
    expect([[], [short], [short, short], [short, short, short]].map(isCrashLoop)).toEqual([false, false, false, true])
    expect(isCrashLoop([short, short, short, healthy])).toBe(false)
    expect(crashesInARow([short, healthy, short, short])).toBe(3)
  })
})

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { paceOf } from './drain-pace.ts'

/** Ends all streams by the pace, on a clock of its own; returns when each was ended. */
function endings(streams: number, windowMs: number): readonly number[] {
  const times: number[] = []
  let now = 0
  while (times.length < streams) {
    const { pauseMs, count } = paceOf(streams - times.length, windowMs - now)
    now += pauseMs
    for (let index = 0; index < count; index++) times.push(now)
  }
  return times
}

test('streams end evenly from the start of the window to its end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 100, max: 600_000 }), (streams, windowMs) => {
      const times = endings(streams, windowMs)
      const share = windowMs / streams
      expect(times).toHaveLength(streams)
      for (const [index, time] of times.entries())
        // Those of 20 ms are ended together, when the last of them is due.
        expect(Math.abs(time - (index + 1) * share)).toBeLessThanOrEqual(share + 20)
      expect(times.at(-1)).toBeLessThanOrEqual(windowMs + 1e-6)
    }),
  )
})

test('a thousand streams never end in one blow', () => {
  const perBatch = new Map<number, number>()
  for (const time of endings(1000, 30_000)) perBatch.set(time, (perBatch.get(time) ?? 0) + 1)
  expect(Math.max(...perBatch.values())).toBe(1)
})

test('without streams nothing is ended, but the window is kept in sight', () => {
  expect(paceOf(0, 60_000)).toEqual({ pauseMs: 250, count: 0 })
  expect(paceOf(0, 100)).toEqual({ pauseMs: 100, count: 0 })
})

import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ceilingMs, Settle } from './settle.ts'

const settleMs = 30
let fired: number[]
let settle: Settle

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  fired = []
  settle = new Settle({
    settleMs,
    fire: () => {
      fired.push(performance.now())
      settle.take()
    },
  })
})
afterEach(() => vi.useRealTimers())

it('fires once, after a silence, and tells when the burst began', () => {
  const firstAt = performance.now()
  settle = new Settle({ settleMs, fire: () => fired.push(settle.take() ?? Number.NaN) })
  settle.hint()
  vi.advanceTimersByTime(20)
  settle.hint()
  vi.advanceTimersByTime(29)
  expect(fired).toEqual([])
  vi.advanceTimersByTime(1000)
  expect(fired).toEqual([firstAt])
})

it('waits longer in a larger burst', () => {
  for (let index = 0; index < 200; index++) settle.hint()
  vi.advanceTimersByTime(2 * settleMs)
  expect(fired).toEqual([])
  vi.advanceTimersByTime(settleMs)
  expect(fired).toHaveLength(1)
})

it('never lets a burst wait past the ceiling, and never fires without a hint', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(gaps, (gaps) => {
      let burstFrom: number | undefined
      settle = new Settle({
        settleMs,
        fire: () => {
          const from = settle.take()
          expect(from).toBe(burstFrom)
          expect(performance.now() - (from ?? 0)).toBeLessThanOrEqual(ceilingMs + 1)
          burstFrom = undefined
        },
      })
      for (const gap of gaps) {
        vi.advanceTimersByTime(gap)
        burstFrom ??= performance.now()
        settle.hint()
      }
      vi.advanceTimersByTime(1000)
      expect(burstFrom).toBeUndefined()
    }),
  )
})

it('fires at the time it was told to wake, also amid hints', () => {
  const from = performance.now()
  settle.wake(from + 100)
  for (let index = 0; index < 12; index++) {
    vi.advanceTimersByTime(10)
    settle.hint()
  }
  expect(fired[0]).toBeLessThanOrEqual(from + 101)
})

it('is silent when it was stopped', () => {
  settle.hint()
  settle.wake(performance.now() + 5)
  settle.stop()
  vi.advanceTimersByTime(1000)
  expect(fired).toEqual([])
})

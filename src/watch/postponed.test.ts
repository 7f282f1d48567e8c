import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Postponed } from './postponed.ts'

let postponed: Postponed
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  postponed = new Postponed({ emptyMs: 30, unsteadyMs: 250 })
})
afterEach(() => vi.useRealTimers())

const empty = (mtimeMs: number): boolean => {
  const again = postponed.add('/d', 'f', { why: 'empty', mtimeMs })
  postponed.take()
  return again
}

it('believes an empty file that nobody has touched for a while', () => {
  expect(empty(1)).toBe(true)
  vi.advanceTimersByTime(20)
  expect(empty(1)).toBe(true)
  vi.advanceTimersByTime(10)
  expect(empty(1)).toBe(false)
})

it('begins anew where the file was emptied again', () => {
  for (let mtimeMs = 0; mtimeMs < 20; mtimeMs++) {
    expect(empty(mtimeMs)).toBe(true)
    vi.advanceTimersByTime(25)
  }
})

it('forgets a file that was found in order meanwhile', () => {
  expect(empty(1)).toBe(true)
  postponed.take()
  vi.advanceTimersByTime(100)
  expect(empty(1)).toBe(true)
})

it('does not wait for ever for a file that is written without end', () => {
  let looks = 0
  while (postponed.add('/d', 'f', { why: 'unsteady', mtimeMs: looks++ })) {
    expect(postponed.take()).toMatchObject([{ directory: '/d', name: 'f' }])
    vi.advanceTimersByTime(50)
  }
  expect(looks).toBe(6)
})

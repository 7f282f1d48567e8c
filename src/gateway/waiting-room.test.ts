import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { WaitingRoom, type Waiter } from './waiting-room.ts'

const bounds = { maxRequests: 100, maxMs: 60_000 }
const stay = { service: 's', lane: 'stable', bounds, late: () => undefined }

test('whoever comes back keeps the place of the first arrival, whoever leaves is gone', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1000), { maxLength: 40 }), fc.func(fc.boolean()), (arrivals, leaves) => {
      const room = new WaitingRoom<Waiter>()
      const waiters = arrivals.map((sequence): Waiter => ({ sequence, deadline: undefined }))
      for (const waiter of waiters) expect(room.enter(waiter, stay)).toBe(true)
      const stays = waiters.filter((waiter) => !(leaves(waiter.sequence) && room.leave(waiter)))
      expect(room.count('s')).toBe(stays.length)
      const order = room.takeAll().map(({ sequence }) => sequence)
      expect(order).toEqual(stays.map(({ sequence }) => sequence).toSorted((a, b) => a - b))
      expect(room.count('s')).toBe(0)
    }),
  )
})

test('each service has bounds of its own', () => {
  const room = new WaitingRoom<Waiter>()
  const one = { ...stay, bounds: { maxRequests: 1, maxMs: 60_000 } }
  expect(room.enter({ sequence: 1, deadline: undefined }, one)).toBe(true)
  expect(room.enter({ sequence: 2, deadline: undefined }, one)).toBe(false)
  expect(room.enter({ sequence: 3, deadline: undefined }, { ...one, service: 'other' })).toBe(true)
  room.takeAll()
})

test('a deadline that has passed is told once, and the waiter has left', async () => {
  const room = new WaitingRoom<Waiter>()
  const waiter: Waiter = { sequence: 1, deadline: performance.now() - 1 }
  await new Promise<void>((resolve) => void room.enter(waiter, { ...stay, late: resolve }))
  expect(room.leave(waiter)).toBe(false)
})

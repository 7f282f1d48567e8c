import { expect, it } from 'vitest'
import { createSlots } from './slots.ts'

it('runs so many at a time, in their order, whether they fail or not', async () => {
  const slots = createSlots(2)
  const begun: number[] = []
  let running = 0
  let most = 0
  const tasks = [1, 2, 3, 4, 5].map((number) =>
    slots(async () => {
      begun.push(number)
      most = Math.max(most, ++running)
      await Promise.resolve()
      running--
      if (number % 2 === 0) throw new Error('even')
      return number
    }),
  )
  const results = await Promise.allSettled(tasks)
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
  expect({ begun, most }).toEqual({ begun: [1, 2, 3, 4, 5], most: 2 })
})

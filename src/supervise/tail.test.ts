import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { keepTail } from './tail.ts'

it('keeps the newest lines that fit', () => {
  const tail = keepTail(12)
  for (const line of ['one', 'two', 'three', 'four']) tail.push(line)
  expect(tail.text()).toBe('three\nfour')
})

it('keeps the end of a line that is too long', () => {
  const tail = keepTail(16)
  tail.push('before')
  tail.push(`${'x'.repeat(100)}the end`)
  expect(tail.text()).toMatch(/^x+the end$/)
})

it('never exceeds its bound, and ends with what was said last', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 40 })), (lines) => {
      const tail = keepTail(64)
      for (const line of lines) tail.push(line)
      expect(Buffer.byteLength(tail.text())).toBeLessThanOrEqual(64)
      const last = lines.at(-1) ?? ''
      expect(Buffer.byteLength(last) > 60 || tail.text().endsWith(last)).toBe(true)
    }),
  )
})

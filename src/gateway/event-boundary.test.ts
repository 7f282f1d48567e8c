import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { EventBoundary } from './event-boundary.ts'

test('an empty line ends an event, in each line ending, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.constantFrom('\n', '\r', '\r\n'), fc.array(fc.integer({ min: 1, max: 9 })), (end, cuts) => {
      const text = Buffer.from(`data: 1${end}${end}id: 2${end}data: 3${end}${end}`)
      const boundary = new EventBoundary()
      expect(boundary.atBoundary).toBe(true)
      let offset = 0
      for (const size of [...cuts, text.length]) {
        boundary.consume(text.subarray(offset, offset + size))
        offset = Math.min(text.length, offset + size)
        expect(boundary.atBoundary).toBe(
          text
            .subarray(0, offset)
            .toString()
            .endsWith(end + end),
        )
      }
    }),
  )
})

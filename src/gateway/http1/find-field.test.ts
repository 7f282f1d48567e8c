import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { fieldLines } from './field-lines.ts'
import { findField, firstValue, nextLine, valueOfField } from './find-field.ts'

const name = fc.string({ unit: fc.constantFrom('a', 'B', 'b', '-'), minLength: 1, maxLength: 3 })
const value = fc.string({ unit: fc.constantFrom('x', ':', ' ', '\t', 'é', 'a'), maxLength: 5 })
const line = fc.tuple(name, value).map((parts) => parts.join(':'))

test('all lines of a name are found with their values, and nothing of a body', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(line, { maxLength: 3 }), name, (lines, body, wanted) => {
      const start = 'GET /a:b HTTP/1.1\r\n'
      const head = Buffer.from([start.slice(0, -2), ...lines, '', ...body, ''].join('\r\n'), 'latin1')
      const low = Buffer.from(wanted.toLowerCase())
      const found: string[] = []
      for (let at = findField(head, low, 0); at !== -1; at = findField(head, low, nextLine(head, at)))
        found.push(valueOfField(head, at, low.length))
      const expected = [...fieldLines(head, 0, start.length)]
        .filter((field) => field.name.toLowerCase() === wanted.toLowerCase())
        .map((field) => field.value)
      expect(found).toEqual(expected)
      expect(firstValue(head, low)).toBe(expected[0])
    }),
  )
})

test('of nothing nothing is found', () => expect(findField(Buffer.alloc(0), Buffer.from('a'), 0)).toBe(-1))

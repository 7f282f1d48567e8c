import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { presenceOf } from './presence.ts'
import { RequestHead } from './request-head.ts'

const letters = "abcxyzABCXYZ019!#$%&'*+-.^_`|~".split('')
const name = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 20 })

it('has the bit of every name that a head has, in any case', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 5 }), (names) => {
      const head = new RequestHead()
      head.renew(false)
      const bytes = Buffer.from(
        ['GET / HTTP/1.1', 'Host: a.test', ...names.map((one) => `${one}: 1`), '', ''].join('\r\n'),
      )
      if (head.parse(bytes, 0, bytes.length) !== 'done') return
      for (const one of names) {
        expect(head.present & presenceOf(one.toLowerCase())).not.toBe(0)
        expect(head.present & presenceOf(one.toUpperCase())).not.toBe(0)
      }
    }),
  )
})

it('lacks the bit of a name that no line has', () => {
  const head = new RequestHead()
  head.renew(false)
  const bytes = Buffer.from('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  head.parse(bytes, 0, bytes.length)
  expect(head.present & presenceOf('cookie')).toBe(0)
})

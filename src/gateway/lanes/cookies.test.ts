import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { laneRequest } from '../../../test/gateway/lane-request.ts'
import { cookieIn, cookieOf } from './cookies.ts'

const letters = (text: string) => fc.constantFrom(...text.split(''))
const name = fc.string({ unit: letters("abAB09-_.!#$%&'*+^`|~"), minLength: 1, maxLength: 4 })
const plain = fc.string({ unit: letters("ab9=%+/!#<>?@[]{}|~-._:()&'*^`$"), maxLength: 6 })
const value = fc.oneof(
  plain,
  plain.map((text) => `"${text}"`),
)

test('the first pair of a name is found, as it was sent', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), name, (pairs, wanted) => {
      const field = pairs.map(([key, text]) => `${key}=${text}`).join('; ')
      expect(cookieIn(field, wanted)).toBe(pairs.find(([key]) => key === wanted)?.[1])
    }),
  )
})

test.each([
  ['a=1;b=2', 'b', '2'],
  ['a=1;  b=2  ', 'b', '2'],
  ['a=1,b=2', 'b', undefined],
  ['A=1', 'a', undefined],
  ['xa=1', 'a', undefined],
  ['a', 'a', undefined],
  ['a =1', 'a', undefined],
  ['a=1 2; a=3', 'a', '3'],
  ['a="1', 'a', undefined],
  ['a=%31', 'a', '%31'],
  ['a=', 'a', ''],
  ['b=a=1', 'a', undefined],
])('of %j the cookie %s is %j', (field, wanted, expected) => expect(cookieIn(field, wanted)).toBe(expected))

test('all Cookie lines are looked at, and no octet behind the head', () => {
  const request = laneRequest({ lines: ['Host: a', 'cookie: x=1', 'COOKIE:\ty=2'], body: 'Cookie: z=3\r\n\r\n' })
  expect(['x', 'y', 'z'].map((wanted) => cookieOf(request, wanted))).toEqual(['1', '2', undefined])
})

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatListen, parseListen } from './listen.ts'

describe('parseListen', () => {
  test.each([
    [8080, '127.0.0.1', 8080],
    ['8080', '127.0.0.1', 8080],
    [':8080', '0.0.0.0', 8080],
    ['127.0.0.1:9000', '127.0.0.1', 9000],
    ['[::1]:80', '::1', 80],
    ['localhost:80', 'localhost', 80],
    ['0', '127.0.0.1', 0],
  ])('%s', (text, host, port) => {
    expect(parseListen(text)).toEqual({ host, port })
  })

  test.each(['', 'abc', '70000', '1.5', '::1:80', 'host:', '-1', 'a b:80', 'http://x:80'])('%s is none', (text) => {
    expect(parseListen(text)).toBeUndefined()
  })

  test('reads what formatListen writes', () => {
    const host = fc.oneof(fc.constantFrom('127.0.0.1', '0.0.0.0', 'localhost', '::1', 'fe80::1'), fc.ipV6())
    fc.assert(
      fc.property(host, fc.integer({ min: 0, max: 65_535 }), (host, port) => {
        expect(parseListen(formatListen({ host, port }))).toEqual({ host, port })
      }),
    )
  })
})

import { X509Certificate } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { checkPair } from '../../support/certificate.ts'
import * as der from './der.ts'
import { selfSigned } from './self-signed.ts'

describe('selfSigned', () => {
  test('makes a certificate for this machine that fits its key and can vouch for no other', () => {
    const now = new Date('2030-05-06T07:08:09Z')
    const { cert, key } = selfSigned(now, 10)
    const read = new X509Certificate(cert)
    expect(read.verify(read.publicKey)).toBe(true)
    expect(read.ca).toBe(false)
    expect(['localhost', 'shop.test'].map((name) => read.checkHost(name))).toEqual(['localhost', undefined])
    expect(['127.0.0.1', '::1'].map((address) => read.checkIP(address))).toEqual(['127.0.0.1', '::1'])
    expect([new Date(read.validFrom), new Date(read.validTo)]).toEqual([
      new Date('2030-05-06T06:08:09Z'),
      new Date('2030-05-16T07:08:09Z'),
    ])
    const pair = { cert: Buffer.from(cert), key: Buffer.from(key) }
    expect(checkPair(pair, now)).toMatchObject({ until: new Date('2030-05-16T07:08:09Z') })
    expect(checkPair(pair, new Date('2031-01-01'))).toMatchObject({ fault: { part: 'cert' } })
    const other = Buffer.from(selfSigned(now, 10).key)
    expect(checkPair({ ...pair, key: other }, now)).toMatchObject({ fault: { part: 'key' } })
  })
})

describe('DER', () => {
  /** Length and content of a value, read by the rules of X.690 section 8.1.3. */
  function contentOf(value: Buffer): Buffer {
    const first = value[1] ?? 0
    if (first < 0x80) return value.subarray(2, 2 + first)
    const size = first & 0x7f
    return value.subarray(2 + size, 2 + size + value.readUIntBE(2, size))
  }

  test('says how long its values are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (length) => {
        const value = der.octetString(Buffer.alloc(length, 7))
        expect(contentOf(value).length).toBe(length)
        expect(value.length - length).toBe(length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x1_0000 ? 4 : 5)
      }),
    )
  })

  test('writes numbers that are not negative in as few octets as they need', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (octets) => {
        const content = contentOf(der.integer(Buffer.from(octets)))
        expect(BigInt(`0x${content.toString('hex')}`)).toBe(BigInt(`0x${Buffer.from(octets).toString('hex')}`))
        expect((content[0] ?? 0) < 0x80).toBe(true)
        expect(content.length === 1 || content[0] !== 0 || (content[1] ?? 0) >= 0x80).toBe(true)
      }),
    )
  })

  test('writes identifiers', () => {
    expect(der.identifier('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302')
  })
})

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { Chunks } from './chunks.ts'

interface Read {
  readonly data: string
  readonly behind: number
  readonly done: boolean
  readonly faulty: boolean
}

function readIn(bytes: Buffer, size: number): Read {
  const chunks = new Chunks()
  let data = ''
  let at = 0
  const sink = { data: (from: Buffer, start: number, end: number) => (data += from.toString('latin1', start, end)) }
  while (at < bytes.length && !chunks.done && !chunks.faulty)
    at = chunks.read(bytes, at, Math.min(bytes.length, at + size), sink)
  return { data, behind: at, done: chunks.done, faulty: chunks.faulty }
}

test('any data in any chunks is read to its end and no further, in whatever pieces it comes', () => {
  const octets = fc.uint8Array({ minLength: 1, maxLength: 40 })
  const parts = fc.array(
    octets.map((bytes) => Buffer.from(bytes).toString('latin1')),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 50 }), fc.boolean(), (texts, size, trailer) => {
      const framed = texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')
      const body = `${framed}0\r\n${trailer ? 'X-Sum: 1\r\n' : ''}\r\n`
      const bytes = Buffer.from(`${body}GET / HTTP/1.1\r\n`, 'latin1')
      expect(readIn(bytes, size)).toEqual({ data: texts.join(''), behind: body.length, done: true, faulty: false })
    }),
  )
})

test('any bytes are read in the same way in whatever pieces they come', () => {
  const text = fc.stringMatching(/^[0-3a\r\n;: x]{0,40}$/)
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), (body, size) => {
      const bytes = Buffer.from(body)
      const whole = readIn(bytes, bytes.length + 1)
      const pieces = readIn(bytes, size)
      expect([pieces.data, pieces.done, pieces.faulty]).toEqual([whole.data, whole.done, whole.faulty])
    }),
  )
})

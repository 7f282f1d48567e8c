import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventBoundary } from './event-boundary.ts'
import { FrameReader, maskedFrame } from './frames.ts'

function serverFrame(opcode: number, payload: Uint8Array): Buffer {
  const size = payload.length
  const head =
    size < 126 ? Buffer.from([0x80 | opcode, size]) : Buffer.from([0x80 | opcode, 126, size >> 8, size & 255])
  return Buffer.concat([head, payload])
}

describe('frames of a WebSocket', () => {
  it('are read the same however their bytes are cut', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 40 }), (sent, step) => {
        const bytes = Buffer.concat(sent.map((payload) => serverFrame(2, payload)))
        const reader = new FrameReader()
        const got: Buffer[] = []
        for (let at = 0; at < bytes.length; at += step) {
          for (const frame of reader.read(bytes.subarray(at, at + step)) ?? []) got.push(frame.payload)
        }
        expect(got).toEqual(sent.map((payload) => Buffer.from(payload)))
        expect(reader.clean).toBe(true)
      }),
    )
  })

  it('are none where a server masks them', () => {
    expect(new FrameReader().read(maskedFrame(1, Buffer.from('x')))).toBeUndefined()
  })

  it('tell that half of one is left', () => {
    const reader = new FrameReader()
    reader.read(serverFrame(1, Buffer.from('hello')).subarray(0, 4))
    expect(reader.clean).toBe(false)
  })

  it('of a client are masked and keep their length', () => {
    for (const size of [0, 125, 126, 65_535, 65_536]) {
      const frame = maskedFrame(2, Buffer.alloc(size, 7))
      const head = size < 126 ? 2 : size < 65_536 ? 4 : 10
      expect(frame.length).toBe(head + 4 + size)
      const mask = frame.subarray(head, head + 4)
      expect(frame.subarray(head + 4).every((byte, index) => (byte ^ (mask[index % 4] ?? 0)) === 7)).toBe(true)
    }
  })
})

describe('server-sent events', () => {
  it.each(['\n', '\r\n', '\r'])('end at an empty line of %j', (newline) => {
    const boundary = new EventBoundary()
    boundary.take(Buffer.from(`data: a${newline}`))
    expect(boundary.clean).toBe(false)
    boundary.take(Buffer.from(newline))
    expect([boundary.clean, boundary.events]).toEqual([true, 1])
    boundary.take(Buffer.from(`data: b${newline}${newline}: note${newline}${newline}data`))
    expect([boundary.clean, boundary.events]).toEqual([false, 3])
  })
})

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { closeFrame, FrameTracker } from './websocket-frames.ts'

interface Frame {
  readonly bytes: Buffer
}

const frame: fc.Arbitrary<Frame> = fc
  .record({
    size: fc.oneof(fc.nat(125), fc.integer({ min: 126, max: 400 }), fc.integer({ min: 65_536, max: 65_600 })),
    masked: fc.boolean(),
    first: fc.nat(255),
  })
  .map(({ size, masked, first }) => {
    const mask = masked ? 0x80 : 0
    const long = Buffer.alloc(8)
    long.writeBigUInt64BE(BigInt(size))
    const length =
      size < 126 ? [mask | size] : size < 65_536 ? [mask | 126, size >> 8, size & 255] : [mask | 127, ...long]
    return {
      bytes: Buffer.concat([
        Buffer.from([first, ...length]),
        Buffer.alloc(masked ? 4 : 0, 7),
        Buffer.alloc(size, 0x88),
      ]),
    }
  })

test('frames end where they end, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 70_000 })),
      (frames, cuts) => {
        const stream = Buffer.concat(frames.map(({ bytes }) => bytes))
        const ends = new Set<number>([0])
        for (const { bytes } of frames) ends.add(Math.max(...ends) + bytes.length)
        const tracker = new FrameTracker()
        let offset = 0
        for (const size of [...cuts, stream.length]) {
          const chunk = stream.subarray(offset, offset + size)
          expect(tracker.consume(chunk)).toBe(chunk.length)
          offset += chunk.length
          expect(tracker.atBoundary).toBe(ends.has(offset))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('on demand it stops at the first end of a frame', () => {
  fc.assert(
    fc.property(frame, frame, fc.nat(), (first, second, cut) => {
      const stream = Buffer.concat([first.bytes, second.bytes])
      const begun = 1 + (cut % (first.bytes.length - 1))
      const tracker = new FrameTracker()
      tracker.consume(stream.subarray(0, begun))
      expect(begun + tracker.consume(stream.subarray(begun), true)).toBe(first.bytes.length)
      expect(tracker.consume(second.bytes, true)).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('a close frame carries code and reason, masked for a server', () => {
  expect(closeFrame(1012, 'bye', false)).toEqual(Buffer.from([0x88, 5, 3, 244, 98, 121, 101]))
  expect(closeFrame(1012, '', true)).toEqual(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 3, 244]))
})

import { PassThrough, Readable } from 'node:stream'
import zlib from 'node:zlib'

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { appendTo } from './append.ts'
import { codingOf, type Coding } from './encodings.ts'

const tail = Buffer.from('<tail>')
const coders = {
  gzip: [zlib.gzipSync, zlib.gunzipSync],
  br: [zlib.brotliCompressSync, zlib.brotliDecompressSync],
  deflate: [zlib.deflateSync, zlib.inflateSync],
} as const

function known(name: string): Coding {
  const coding = codingOf(name)
  if (coding === undefined) throw new Error(`${name} is not known`)
  return coding
}

async function read(stream: Readable): Promise<Buffer> {
  return Buffer.concat((await stream.toArray()) as Buffer[])
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

test.each(Object.keys(coders) as (keyof typeof coders)[])(
  '%s: any body in any pieces keeps its bytes and gets the tail',
  async (name) => {
    const [code, open] = coders[name]
    const coding = known(name)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 500 }), async (bytes, size) => {
        const body = Buffer.from(bytes)
        const appended = await read(appendTo(Readable.from(cut(code(body), size)), { coding, tail }))
        expect(open(appended)).toEqual(Buffer.concat([body, tail]))
      }),
      { numRuns: 25 },
    )
  },
)

test('a body without coding gets the tail, an empty one too', async () => {
  expect(await read(appendTo(Readable.from([Buffer.from('abc')]), { tail }))).toEqual(Buffer.from('abc<tail>'))
  expect(await read(appendTo(Readable.from([]), { tail }))).toEqual(tail)
})

test.each(['gzip', 'br', 'deflate', 'zstd'])('%s: bytes that are none of it are an error, not a page', async (name) => {
  const coding = known(name)
  await expect(
    read(appendTo(Readable.from([Buffer.from('(not coded at all)')]), { coding, tail })),
  ).rejects.toBeInstanceOf(Error)
})

test.each(['gzip', 'br', 'deflate'] as const)('%s: a body that is cut short is an error', async (name) => {
  const coding = known(name)
  const half = coders[name][0](Buffer.alloc(1000, 'abc')).subarray(0, -8)
  await expect(read(appendTo(Readable.from([half]), { coding, tail }))).rejects.toBeInstanceOf(Error)
})

test('an error of the body is an error of the result', async () => {
  const body = new PassThrough()
  const result = read(appendTo(body, { tail }))
  body.write('abc')
  body.destroy(new Error('cut'))
  await expect(result).rejects.toBeInstanceOf(Error)
})

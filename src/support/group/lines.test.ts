import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { maxLineBytes, splitLines } from './lines.ts'

function linesOf(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = []
  const splitter = splitLines((line) => lines.push(line))
  for (const chunk of chunks) splitter.write(chunk)
  splitter.flush()
  return lines
}

describe('splitLines', () => {
  it('keeps colours, drops CRLF, keeps empty lines, tells a last line without a break', () => {
    const text = '\u001b[31mred\u001b[0m\r\n\nlast'
    expect(linesOf([Buffer.from(text)])).toEqual(['\u001b[31mred\u001b[0m', '', 'last'])
  })

  it('gives the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''))
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat({ max: 12 })), (lines, sizes) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
        const chunks: Buffer[] = []
        let from = 0
        for (const size of sizes) chunks.push(bytes.subarray(from, (from += size)))
        expect(linesOf([...chunks, bytes.subarray(from)])).toEqual(lines)
      }),
    )
  })

  it('tells an overlong line in pieces without breaking a character', () => {
    const text = `a${'€'.repeat(maxLineBytes)}`
    const chunks = [Buffer.from(text.slice(0, 30_000)), Buffer.from(text.slice(30_000)), Buffer.from('\nnext')]
    const lines = linesOf(chunks)
    expect(lines.at(-1)).toBe('next')
    expect(lines.slice(0, -1).join('')).toBe(text)
    for (const piece of lines) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(maxLineBytes)
  })
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentPart, findBuildId } from './build-id.ts'

const part = (letter: string) => letter.repeat(20)
const id = ['a', 'b', 'c', 'd'].map(part).join('/')

function note(text: string): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt32LE(4, 0)
  header.writeUInt32LE(text.length, 4)
  header.writeUInt32LE(4, 8)
  return Buffer.concat([header, Buffer.from('Go\0\0'), Buffer.from(text)])
}

describe('findBuildId', () => {
  it('finds it in an ELF note and as a quoted string', () => {
    expect(findBuildId(Buffer.concat([Buffer.alloc(777), note(id), Buffer.alloc(9)]))).toBe(id)
    expect(findBuildId(Buffer.from(`\u00CF\u00FA...\u00FF Go build ID: "${id}"\n \u00FF...`, 'latin1'))).toBe(id)
  })

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(['string', 'undefined']).toContain(
          typeof findBuildId(Buffer.concat([bytes, note(id).subarray(4), bytes])),
        )
      }),
    )
  })
})

describe('contentPart', () => {
  it('is the fourth part', () => {
    expect(contentPart(id)).toBe(part('d'))
  })

  it.each([
    undefined,
    '',
    'mine',
    'a/b/c/d',
    ['a', 'b', 'c'].map(part).join('/'),
    ['a', 'b', 'c', 'a'].map(part).join('/'),
    ['a', 'b', 'c', 'd', 'e'].map(part).join('/'),
  ])('is none of %s', (other) => {
    expect(contentPart(other)).toBeUndefined()
  })
})

import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeTree } from '../../../test/support/tree.ts'
import { sealProgram } from './seal.ts'

const part = (letter: string) => letter.repeat(20)
const id = ['a', 'b', 'c', 'a'].map(part).join('/')
const chunk = 32 * 1024

describe('sealProgram', () => {
  it('writes the hash of the program without its IDs in their last part, wherever they stand', async () => {
    const program = path.join(await makeTree({}), 'program')
    const gaps = fc.array(fc.integer({ min: 0, max: chunk + id.length }), { minLength: 1, maxLength: 4 })
    const property = fc.asyncProperty(gaps, fc.nat({ max: 255 }), async (lengths, fill) => {
      const around = lengths.map((length) => Buffer.alloc(length, fill))
      const join = (text: Buffer): Buffer =>
        Buffer.concat(around.flatMap((gap, at) => (at === 0 ? [gap] : [text, gap])))
      await writeFile(program, join(Buffer.from(id)))
      await sealProgram(program, id, chunk)
      const blank = createHash('sha256')
        .update(join(Buffer.alloc(id.length)))
        .digest()
      const hash = blank.subarray(0, 15).toString('base64url')
      const sealed = join(Buffer.from(`${id.slice(0, -part('a').length)}${hash}`))
      expect((await readFile(program)).equals(sealed)).toBe(true)
    })
    await fc.assert(property, { numRuns: 60 })
  })
})

import { execFile } from 'node:child_process'
import path from 'node:path'
import { platform } from 'node:process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeTree } from '../../../test/support/tree.ts'
import { shellCommand } from './shell.ts'

const tell = 'process.stdout.write(JSON.stringify([process.env.WORD, ...process.argv.slice(1)]))'

describe('shellCommand', { skip: platform === 'win32' }, () => {
  it('hands every word on as it is, and ends at the first failure', async () => {
    const root = await makeTree({})
    // No program can be given a word with a NUL.
    const word = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', ''))
    const property = fc.asyncProperty(fc.array(word, { maxLength: 4 }), word, async (words, value) => {
      const tool = { argv: [process.execPath, '-e', tell, '--', ...words], env: { WORD: value }, about: '' }
      const failing = { argv: ['false'], env: {}, about: '' }
      const [shell = '', ...args] = (await shellCommand([tool, failing, tool], path.join(root, 'script'))) ?? []
      const told = await promisify(execFile)(shell, args).catch((error: unknown) => error)
      expect(told).toMatchObject({ code: 1, stdout: JSON.stringify([value, ...words]) })
    })
    await fc.assert(property, { numRuns: 20 })
  })
})

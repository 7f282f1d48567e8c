import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
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

  it(
    'reads files ahead, of which some may be gone, and says nothing of them',
    { skip: availableParallelism() < 2 },
    async () => {
      const root = await makeTree({ "it's.a": 'one' })
      // A pipe is read when the shell reads it: opening it to write waits for that.
      const pipe = path.join(root, 'pipe')
      await promisify(execFile)('mkfifo', [pipe])
      const tool = { argv: ['echo', 'done'], env: {}, about: '' }
      const ahead = [path.join(root, 'gone'), path.join(root, "it's.a"), pipe]
      const [shell = '', ...args] = (await shellCommand([tool], path.join(root, 'script'), ahead)) ?? []
      const [told] = await Promise.all([promisify(execFile)(shell, args), writeFile(pipe, '')])
      expect(told).toEqual({ stdout: 'done\n', stderr: '' })
    },
  )
})

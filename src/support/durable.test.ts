import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeDurable } from './durable.ts'

const { signal } = new AbortController()

async function directory(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'hotlane-durable-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

describe.runIf(process.platform !== 'win32')('makeDurable', () => {
  it('takes files that may only be read, and directories', async () => {
    const at = await directory()
    const files = Array.from({ length: 40 }, (_, index) => path.join(at, String(index)))
    await Promise.all(files.map((file) => writeFile(file, 'content', { mode: 0o400 })))
    await expect(makeDurable([...files, at], signal)).resolves.toBeUndefined()
  })

  it('does not pass over what is not there', async () => {
    const at = await directory()
    await expect(makeDurable([at, path.join(at, 'none')], signal)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('ends with its signal', async () => {
    const at = await directory()
    await expect(makeDurable([at], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeScratch } from '../support/scratch.ts'
import { collectArtifacts } from './artifacts.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-artifacts-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function put(name: string, bytes: number, usedAt: number): Promise<string> {
  const file = path.join(directory, name)
  await writeFile(file, Buffer.alloc(bytes))
  await utimes(file, usedAt, usedAt)
  return file
}

describe('collectArtifacts', () => {
  it('removes those used least recently until the rest fits', async () => {
    const old = await put('old', 100, 1)
    const older = await put('older', 100, 0)
    await put('new', 100, 2)
    expect(await collectArtifacts(directory, { budgetBytes: 150, keep: new Set() })).toEqual([older, old])
    expect(await readdir(directory)).toEqual(['new'])
  })

  it('never removes one that is needed, whatever the budget', async () => {
    const kept = await put('kept', 100, 0)
    const other = await put('other', 100, 1)
    expect(await collectArtifacts(directory, { budgetBytes: 0, keep: new Set([kept]) })).toEqual([other])
  })

  it('removes the scratch of a process that has died, and none of one that lives', async () => {
    const dead = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
    await once(dead, 'exit')
    const abandoned = path.join(directory, `.building-${dead.pid}-00ff-00ff`)
    const samePid = path.join(directory, `.building-${process.pid}-00ff-00ff`)
    await mkdir(path.join(abandoned, 'go-build1'), { recursive: true })
    await mkdir(samePid)
    const own = await makeScratch(directory)
    expect(new Set(await collectArtifacts(directory, { budgetBytes: 0, keep: new Set() }))).toEqual(
      new Set([abandoned, samePid]),
    )
    expect(await readdir(directory)).toEqual([path.basename(own)])
  })

  it('finds nothing in a directory that does not exist', async () => {
    expect(await collectArtifacts(path.join(directory, 'none'), { budgetBytes: 0, keep: new Set() })).toEqual([])
  })

  it('ends within the budget or with nothing but what is kept', async () => {
    const entry = fc.record({ bytes: fc.nat(50), usedAt: fc.nat(9), kept: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.nat(200), async (entries, budgetBytes) => {
        await rm(directory, { recursive: true })
        await mkdir(directory)
        const files = await Promise.all(entries.map((each, index) => put(String(index), each.bytes, each.usedAt)))
        const keep = new Set(files.filter((_, index) => entries[index]?.kept === true))
        const removed = new Set(await collectArtifacts(directory, { budgetBytes, keep }))
        const left = files.flatMap((file, index) =>
          removed.has(file) ? [] : [{ file, bytes: entries[index]?.bytes ?? 0 }],
        )
        expect(files.filter((file) => keep.has(file)).every((file) => !removed.has(file))).toBe(true)
        const total = left.reduce((sum, each) => sum + each.bytes, 0)
        expect(total <= budgetBytes || left.every(({ file }) => keep.has(file))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})

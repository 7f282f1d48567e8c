import { chmod, mkdir, mkdtemp, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Artifact } from '../model/artifact.ts'
import { damageOf } from './damage.ts'
import { takeArtifact } from './take-artifact.ts'
import { takeTree } from './trees.ts'

let base = ''
const { signal } = new AbortController()

beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'hotlane-damage-'))
})
afterEach(() => rm(base, { recursive: true, force: true }))

/** As a loss of power leaves it: shorter than it was, and nobody has written to it. */
async function cutShort(file: string, length = 0): Promise<void> {
  const { atime, mtime, mode } = await stat(file)
  await chmod(file, 0o600)
  await truncate(file, length)
  await utimes(file, atime, mtime)
  await chmod(file, mode)
}

describe('a program', () => {
  let program = ''
  const take = (isKept = false): Promise<Artifact> =>
    takeArtifact(program, { directory: path.join(base, 'artifacts'), service: 'my.shop', isKept }, signal)

  beforeEach(async () => {
    program = path.join(base, 'program')
    await writeFile(program, '#!/bin/sh\necho here\n', { mode: 0o755 })
  })

  it.each([false, true])('is whole as it was kept, its file being ours: %s', async (isKept) => {
    expect(await damageOf(await take(isKept), signal)).toBeUndefined()
  })

  it.each([0, 5])(
    'that was cut to %i bytes is seen, though it was whole when it was looked at before',
    async (length) => {
      const taken = await take()
      expect(await damageOf(taken, signal)).toBeUndefined()
      await cutShort(taken.path ?? '', length)
      expect(await damageOf(taken, signal)).toContain(`is not what was written (it has ${length} bytes)`)
    },
  )

  it('that holds other bytes of the same number is seen', async () => {
    const taken = await take()
    await writeFile(taken.path ?? '', Buffer.alloc((await stat(program)).size))
    expect(await damageOf(taken, signal)).toContain('is not what was written')
  })

  it('that is gone is seen', async () => {
    const taken = await take()
    await rm(taken.path ?? '')
    expect(await damageOf(taken, signal)).toBe(`${taken.path} is not there`)
  })

  it('is whole again when it is taken once more', async () => {
    const taken = await take()
    await cutShort(taken.path ?? '')
    expect(await take()).toEqual(taken)
    expect(await damageOf(taken, signal)).toBeUndefined()
  })
})

describe('a tree', () => {
  let root = ''
  const take = async (): Promise<Artifact & { readonly tree: string }> => {
    const { hash, path: tree } = await takeTree({ root, store: path.join(base, 'store'), treat: () => 'copy' }, signal)
    return { hash, tree }
  }

  beforeEach(async () => {
    root = path.join(base, 'project')
    await mkdir(path.join(root, 'lib'), { recursive: true })
    await writeFile(path.join(root, 'main.js'), 'one')
    await writeFile(path.join(root, 'lib', 'part.js'), 'part')
  })

  it('is whole as it was taken', async () => {
    expect(await damageOf(await take(), signal)).toBeUndefined()
  })

  it('of which a file was cut short is seen, and whole again when it is taken once more', async () => {
    const taken = await take()
    expect(await damageOf(taken, signal)).toBeUndefined()
    const part = path.join(taken.tree, 'lib', 'part.js')
    await cutShort(part)
    expect(await damageOf(taken, signal)).toBe(`${part} is not what was written`)
    expect(await take()).toEqual(taken)
    expect(await damageOf(taken, signal)).toBeUndefined()
    expect(await readFile(part, 'utf8')).toBe('part')
  })

  it('with a damaged file makes no other tree damaged that has the same content', async () => {
    const taken = await take()
    await cutShort(path.join(taken.tree, 'lib', 'part.js'))
    await writeFile(path.join(root, 'main.js'), 'two')
    const next = await take()
    expect(await damageOf(next, signal)).toBeUndefined()
    expect(await readFile(path.join(next.tree, 'lib', 'part.js'), 'utf8')).toBe('part')
  })

  it('that is gone, or whose list is cut short or gone, is seen', async () => {
    const taken = await take()
    const list = `${taken.tree}.list`
    await cutShort(list, 10)
    expect(await damageOf(taken, signal)).toBe(`${list} is not what was written`)
    await rm(list)
    expect(await damageOf(taken, signal)).toBe(`${list} is not there`)
    await rm(taken.tree, { recursive: true })
    expect(await damageOf(taken, signal)).toBe(`${taken.tree} is not there`)
  })

  it('is whole though its program has written, replaced and removed files in it', async () => {
    const taken = await take()
    const { mtimeMs } = await stat(`${taken.tree}.list`)
    await rm(path.join(taken.tree, 'main.js'))
    const part = path.join(taken.tree, 'lib', 'part.js')
    await chmod(part, 0o600)
    await writeFile(part, 'rows')
    await utimes(part, new Date(), new Date(mtimeMs + 1000))
    await writeFile(path.join(taken.tree, 'cache'), 'more')
    expect(await damageOf(taken, signal)).toBeUndefined()
  })
})

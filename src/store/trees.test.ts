import { lstat, mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { collectTrees, takeTree, type Treatment } from './trees.ts'

let base = ''
let root = ''
let store = ''
const signal = new AbortController().signal

beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'hotlane-trees-'))
  root = path.join(base, 'project')
  store = path.join(base, 'store')
  await mkdir(path.join(root, 'lib'), { recursive: true })
  await writeFile(path.join(root, 'main.js'), 'one')
  await writeFile(path.join(root, 'lib', 'part.js'), 'part')
  await writeFile(path.join(root, 'run'), '#!/bin/sh\n', { mode: 0o755 })
})
afterEach(() => rm(base, { recursive: true, force: true }))

function take(treat: (name: string) => Treatment = () => 'copy') {
  return takeTree({ root, store, treat: (file) => treat(path.relative(root, file)) }, signal)
}

describe('takeTree', () => {
  it('keeps what was there when it changes afterwards', async () => {
    const before = await take()
    await writeFile(path.join(root, 'main.js'), 'two')
    const after = await take()
    expect(await readFile(path.join(before.path, 'main.js'), 'utf8')).toBe('one')
    expect(await readFile(path.join(after.path, 'main.js'), 'utf8')).toBe('two')
    expect(await readFile(path.join(after.path, 'lib', 'part.js'), 'utf8')).toBe('part')
    expect(after.hash).not.toBe(before.hash)
  })

  it('lets nobody read what they cannot read in the project', async () => {
    await mkdir(path.join(root, 'keys'), { mode: 0o700 })
    await writeFile(path.join(root, 'keys', 'inner'), 'k', { mode: 0o644 })
    await writeFile(path.join(root, 'secret'), 's', { mode: 0o600 })
    const tree = await take()
    const mode = async (file: string): Promise<number> => (await lstat(file)).mode & 0o777
    expect(await mode(path.join(tree.path, 'keys'))).toBe(0o700)
    expect(await mode(path.join(tree.path, 'secret'))).toBe(0o400)
    expect(await mode(path.join(store, 'files'))).toBe(0o700)
  })

  it('names equal content equally, and keeps each content once', async () => {
    const first = await take()
    await writeFile(path.join(root, 'main.js'), 'two')
    const second = await take()
    await writeFile(path.join(root, 'main.js'), 'one')
    expect(await take()).toEqual(first)
    const part = path.join('lib', 'part.js')
    const inodes = await Promise.all([first, second].map(async (tree) => (await lstat(path.join(tree.path, part))).ino))
    expect(inodes[0]).toBe(inodes[1])
  })

  it('keeps what can be executed so, and links as links, those into the root inside of the tree', async () => {
    await symlink('lib/part.js', path.join(root, 'near'))
    await symlink(path.join(root, 'lib', 'part.js'), path.join(root, 'absolute'))
    await symlink('/dev/null', path.join(root, 'far'))
    const tree = await take()
    expect((await lstat(path.join(tree.path, 'run'))).mode & 0o777).toBe(0o555)
    expect((await lstat(path.join(tree.path, 'main.js'))).mode & 0o777).toBe(0o444)
    expect(await readlink(path.join(tree.path, 'near'))).toBe('lib/part.js')
    expect(await readlink(path.join(tree.path, 'absolute'))).toBe('lib/part.js')
    expect(await readlink(path.join(tree.path, 'far'))).toBe('/dev/null')
  })

  it('links what is shared and leaves out what is skipped', async () => {
    await mkdir(path.join(root, 'data'))
    await mkdir(path.join(root, '.git'))
    const tree = await take((name) => (name === 'data' ? 'link' : name === '.git' ? 'skip' : 'copy'))
    expect((await readdir(tree.path)).sort()).toEqual(['data', 'lib', 'main.js', 'run'])
    await writeFile(path.join(tree.path, 'data', 'kept.db'), 'rows')
    expect(await readFile(path.join(root, 'data', 'kept.db'), 'utf8')).toBe('rows')
  })

  it('makes one tree of two takings at the same time', async () => {
    const [one, other] = await Promise.all([take(), take()])
    expect(one).toEqual(other)
    expect((await readdir(store)).sort()).toEqual(
      ['files', path.basename(one.path), `${path.basename(one.path)}.list`].sort(),
    )
  })

  it('leaves nothing behind when it is aborted', async () => {
    const gone = new AbortController()
    gone.abort(new Error('newer'))
    await expect(takeTree({ root, store, treat: () => 'copy' }, gone.signal)).rejects.toThrow('newer')
    expect(await readdir(store)).toEqual(['files'])
  })
})

describe('collectTrees', () => {
  it('removes what is not kept, and contents that nothing has any more', async () => {
    const before = await take()
    await writeFile(path.join(root, 'main.js'), 'two')
    const after = await take()
    await collectTrees(store, new Set([after.path]))
    expect((await readdir(store)).sort()).toEqual(
      ['files', path.basename(after.path), `${path.basename(after.path)}.list`].sort(),
    )
    expect(await readdir(path.join(store, 'files'))).toHaveLength(3)
    expect(await readFile(path.join(after.path, 'main.js'), 'utf8')).toBe('two')
    await writeFile(path.join(root, 'main.js'), 'one')
    expect(await take()).toEqual(before)
    expect(await readFile(path.join(before.path, 'main.js'), 'utf8')).toBe('one')
  })

  it('finds nothing where nothing was taken', async () => {
    await expect(collectTrees(path.join(base, 'none'), new Set())).resolves.toBeUndefined()
  })
})

import { readFile, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeTree, write } from '../../test/support/tree.ts'
import { keepArtifact, latestArtifact } from './keep-artifact.ts'

const hash = '0123456789abcdef'.repeat(4)

async function keep(root: string, content: string, service = 'shop') {
  await write(root, { made: content })
  return keepArtifact(path.join(root, 'made'), { directory: root, service, hash, extension: '' })
}

describe('keepArtifact', () => {
  it('keeps the file that is there, and touches it', async () => {
    const root = await makeTree()
    const { path: home = '' } = await keep(root, 'one')
    const before = await stat(home)
    await utimes(home, before.atime, new Date(Date.now() - 1))
    await keep(root, 'two')
    expect(await readFile(home, 'utf8')).toBe('one')
    expect((await stat(home)).ino).toBe(before.ino)
  })

  it('replaces one of another size, and one from before the machine began to run', async () => {
    const root = await makeTree()
    const { path: home = '' } = await keep(root, 'on')
    await keep(root, 'one')
    expect(await readFile(home, 'utf8')).toBe('one')
    await utimes(home, 1, 1)
    expect(await latestArtifact(root, 'shop')).toBeUndefined()
    await keep(root, 'two')
    expect(await readFile(home, 'utf8')).toBe('two')
  })

  it('makes a file name of any service', async () => {
    const root = await makeTree()
    const { path: home = '' } = await keep(root, 'one', '../a b')
    expect(home).toBe(path.join(root, '..-a-b-0123456789abcdef'))
  })
})

describe('latestArtifact', () => {
  it('finds the one used last, and none of a service whose name only begins alike', async () => {
    const root = await makeTree()
    const names = ['shop-1111111111111111', 'shop-2222222222222222', 'shop-x-3333333333333333', 'shop-4']
    await write(root, Object.fromEntries(names.map((name) => [name, name])))
    const later = new Date(Date.now() + 1000)
    await utimes(path.join(root, 'shop-1111111111111111'), later, later)
    expect(await latestArtifact(root, 'shop')).toBe(path.join(root, 'shop-1111111111111111'))
    expect(await latestArtifact(path.join(root, 'none'), 'shop')).toBeUndefined()
  })
})

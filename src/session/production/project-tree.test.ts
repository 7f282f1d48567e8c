import { lstat, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Service } from '../../model/service.ts'
import { openState } from '../../store/state.ts'
import { loadProject } from '../../project/load.ts'
import { fromTree, releaseTree } from './project-tree.ts'

let base = ''
let root = ''
const signal = new AbortController().signal

beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'hotlane-project-'))
  root = path.join(base, 'project')
})
afterEach(() => rm(base, { recursive: true, force: true }))

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true })
    await writeFile(path.join(root, name), content)
  }
}

async function theService(): Promise<Service> {
  const { project } = await loadProject(root, { args: [], platform: process.platform, env: {}, cores: 2 })
  const [service] = project.services
  if (service === undefined) throw new Error('there is no service')
  return service
}

describe('a release that is run from its sources', () => {
  it('has its code and its packages, shares what git ignores, and leaves out what is nobody’s', async () => {
    await write({
      'hotlane.yaml': 'path: app\nbuild: false\nrun: [node, main.js]\n',
      '.gitignore': 'node_modules\ndata/\n.env\n',
      'app/main.js': 'one',
      'shared/part.js': 'part',
      'node_modules/dep/index.js': 'dep',
      'data/rows.db': 'rows',
      '.env': 'A=1',
      '.git/HEAD': 'ref',
      '.hotlane/x': 'x',
    })
    const service = await theService()
    const artifact = await releaseTree(
      service,
      { hash: '' },
      { root, state: await openState(root, process.platform, 'state') },
      signal,
    )
    const tree = artifact.tree ?? ''
    await write({ 'app/main.js': 'two', 'node_modules/dep/index.js': 'newer', 'data/rows.db': 'more rows' })
    expect(await readFile(path.join(tree, 'app/main.js'), 'utf8')).toBe('one')
    expect(await readFile(path.join(tree, 'node_modules/dep/index.js'), 'utf8')).toBe('dep')
    expect(await readFile(path.join(tree, 'shared/part.js'), 'utf8')).toBe('part')
    expect(await readFile(path.join(tree, 'data/rows.db'), 'utf8')).toBe('more rows')
    expect((await lstat(path.join(tree, '.env'))).isSymbolicLink()).toBe(true)
    await expect(lstat(path.join(tree, '.git'))).rejects.toThrow('ENOENT')
    await expect(lstat(path.join(tree, '.hotlane'))).rejects.toThrow('ENOENT')
    await expect(lstat(path.join(tree, 'state'))).rejects.toThrow('ENOENT')
    const moved = fromTree(service, root, tree)
    expect([moved.directory, moved.workingDirectory]).toEqual([path.join(tree, 'app'), path.join(tree, 'app')])
  })

  it('has what its build has written, though git ignores it', async () => {
    await write({
      'hotlane.yaml': 'build: { command: "true", output: dist/main.js }\nrun: [node, dist/main.js]\n',
      '.gitignore': 'dist\n',
      'dist/main.js': 'one',
      'dist/chunk.js': 'chunk',
    })
    const service = await theService()
    const built = { hash: 'x', path: path.join(root, 'dist/main.js') }
    const artifact = await releaseTree(
      service,
      built,
      { root, state: await openState(root, process.platform, 'state') },
      signal,
    )
    await write({ 'dist/main.js': 'two', 'dist/chunk.js': 'other' })
    expect(await readFile(artifact.path ?? '', 'utf8')).toBe('one')
    expect(await readFile(path.join(artifact.tree ?? '', 'dist/chunk.js'), 'utf8')).toBe('chunk')
  })
})

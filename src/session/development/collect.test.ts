import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Releases } from '../../store/releases.ts'
import { openState } from '../../store/state.ts'
import { collectBuilt } from './collect.ts'

it('leaves the programs of releases, which production starts again', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'hotlane-collect-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const state = await openState(root, process.platform)
  const program = (name: string): string => path.join(state.artifacts, name)
  for (const name of ['released', 'served', 'old']) await writeFile(program(name), name)
  type Content = Parameters<Releases['make']>[0]
  const content = { service: { name: 'shop' }, plan: {}, environment: {}, origin: { kind: 'build' } }
  const artifact = { hash: 'a', path: program('released') }
  await new Releases(state.production.releases).make({ ...content, artifact } as Content, new Date())
  await collectBuilt(state, { served: [program('served')], budgetBytes: 0 })
  expect((await readdir(state.artifacts)).sort()).toEqual(['released', 'served'])
})

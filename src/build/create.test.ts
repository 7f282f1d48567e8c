import { expect, it } from 'vitest'
import { buildKit, never } from '../../test/support/build-kit.ts'
import { makeTree } from '../../test/support/tree.ts'
import type { Build, Service } from '../model/service.ts'
import { createBuilder } from './create.ts'

// The builder looks at three fields of a service; the rest does not matter here.
const service = (directory: string, build: Build) => ({ name: 'shop', directory, build }) as Service

it('takes a service that is not built for new at every call', async () => {
  const root = await makeTree()
  const builder = createBuilder(service(root, { kind: 'none' }), buildKit(root).context)
  const [one, two] = [await builder.build(never), await builder.build(never)]
  expect(one.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(two.hash).not.toBe(one.hash)
  expect(one.path).toBeUndefined()
  expect(await builder.inputs(never)).toBeUndefined()
})

it('builds by a command where one is declared', async () => {
  const root = await makeTree()
  const { context, lines } = buildKit(root)
  const command = { kind: 'argv', argv: ['echo', 'built'] } as const
  await createBuilder(service(root, { kind: 'command', command }), context).build(never)
  expect(lines).toEqual(['built'])
})

it('asks go where a package is declared', async () => {
  const root = await makeTree()
  const { context } = buildKit(root, { PATH: '/nowhere' })
  const build = { kind: 'go', directory: root, package: '.', flags: [], env: {} } as const
  await expect(createBuilder(service(root, build), context).build(never)).rejects.toMatchObject({ code: 'HL3002' })
})

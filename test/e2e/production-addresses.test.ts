import path from 'node:path'
import { expect, it } from 'vitest'
import { openWorkers } from '../../src/gateway/workers/open-workers.ts'
import { accepts, freePort } from './support/processes.ts'
import { Production } from './support/production.ts'

it('leaves an address that a killed control process had not left yet', async () => {
  await using shop = await Production.open({ settings: ['rollout: { strategy: replace, bake: 0s, window: 0s }'] })
  await shop.up.until('rollout.finished', { where: ({ rollout }) => rollout.phase === 'complete' })
  await shop.crash()
  // What such a process leaves: a listener of which no table says anything.
  const port = await freePort()
  const directory = path.join(shop.directory, '.hotlane', 'gateway')
  const settings = { directory, options: { tellRelease: true }, version: 'before', told: () => undefined }
  {
    await using workers = await openWorkers(settings, new AbortController().signal)
    await workers.open({ host: '127.0.0.1', port })
  }
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
  await shop.restart()
  await shop.up.until('instance.adopted')
  expect(await shop.version()).toBe('1')
  while (await accepts(`http://127.0.0.1:${port}`)) await new Promise((resolve) => setImmediate(resolve))
  expect(await shop.version()).toBe('1')
})

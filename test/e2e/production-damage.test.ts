import { chmod, readFile, stat, truncate, utimes } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { Release } from '../../src/model/release.ts'
import { Production } from './support/production.ts'

/** The program of a release, cut short as a loss of power does it. */
async function damage(shop: Production, release: number): Promise<void> {
  const kept = path.join(shop.directory, '.hotlane', 'releases', 'shop', `${release}.json`)
  const { artifact } = JSON.parse(await readFile(kept, 'utf8')) as Release
  const file = path.join(artifact.tree ?? '', 'server.mjs')
  const { atime, mtime } = await stat(file)
  await chmod(file, 0o600)
  await truncate(file, 100)
  await utimes(file, atime, mtime)
}

it('does not go back to a release that is damaged, and says so; what serves goes on', async () => {
  await using shop = await Production.open({ settings: ['rollout: { strategy: replace, bake: 0s, window: 0s }'] })
  await shop.up.until('rollout.finished', { where: ({ rollout }) => rollout.phase === 'complete' })
  await shop.edit('2')
  await shop.ran('deploy', 'shop')
  await shop.up.until('instance.stopped', { where: ({ release }) => release === 1 })
  await damage(shop, 1)
  const refused = await shop.run('rollback', 'shop', '1')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/HL6113 release 1 of shop cannot be started: .*server\.mjs is not what was written/)
  expect(await shop.version()).toBe('2')
  expect(await shop.ran('releases', 'shop')).not.toMatch(/^ +3 /m)
})

it('tells at a start after a loss of power that the release that served is damaged, and takes a new one', async () => {
  await using shop = await Production.open({ settings: ['rollout: { strategy: replace, bake: 0s, window: 0s }'] })
  await shop.up.until('rollout.finished', { where: ({ rollout }) => rollout.phase === 'complete' })
  const [instance] = (await shop.status()).services[0]?.instances ?? []
  await shop.crash()
  await damage(shop, 1)
  process.kill(instance?.pid ?? 0, 'SIGKILL')
  await shop.restart()
  const { error } = await shop.up.until('instance.failed')
  expect(error).toMatchObject({ code: 'HL6113' })
  await shop.edit('2')
  await shop.ran('deploy', 'shop')
  expect(await shop.version()).toBe('2')
})

import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { Production } from './support/production.ts'
import type { Verified } from './support/verify.ts'

const quick = 'rollout: { strategy: replace, bake: 200ms, window: 1s }'

async function serving(settings: readonly string[] = [quick]): Promise<Production> {
  const shop = await Production.open({ settings })
  await shop.up.until('rollout.finished', { where: ({ rollout }) => rollout.phase === 'complete' })
  return shop
}

function lostNothing({ report }: Verified): void {
  expect(report.losses).toEqual([])
  expect(report.ledger).toMatchObject({ neverExecuted: 0, twice: 0, unrecorded: 0 })
}

it('replaces a gateway worker that was killed, while the others serve; only what was in flight on it is lost', async () => {
  await using shop = await serving()
  const { report } = await shop.under(async () => {
    const { workers } = await shop.status()
    const [worker] = workers
    process.kill(worker?.pid ?? 0, 'SIGKILL')
    const { seq } = await shop.up.until('gateway.worker-died')
    await shop.up.until('gateway.worker-started', { after: seq })
    expect((await shop.status()).workers).toHaveLength(workers.length)
  })
  // A GET that the app takes with it when it dies is sent again, as it may be: nothing is told here if the app dies, too.
  expect(shop.up.all('instance.crashed')).toEqual([])
  expect(report.ledger).toMatchObject({ twice: 0, unrecorded: 0 })
  expect(report.phases[0]?.failed.refused ?? 0).toBe(0)
})

it('takes over everything after its own crash, starts what crashed meanwhile, and deploys on', async () => {
  await using shop = await serving()
  const [instance] = (await shop.status()).services[0]?.instances ?? []
  await shop.crash()
  process.kill(instance?.pid ?? 0, 'SIGKILL')
  await shop.restart()
  await shop.up.until('instance.ready')
  expect(await shop.version()).toBe('1')
  const verified = await shop.under(async () => {
    await shop.edit('2')
    await shop.ran('deploy', 'shop')
  })
  lostNothing(verified)
  expect(await shop.version()).toBe('2')
})

it('ends its control process at SIGTERM, while requests go on, and is taken over by the next', async () => {
  await using shop = await serving()
  const verified = await shop.under(async () => {
    shop.up.signal('SIGTERM')
    await shop.up.exited
    expect(await shop.version()).toBe('1')
    await shop.restart()
    await shop.up.until('instance.adopted')
    await shop.edit('2')
    await shop.ran('deploy', 'shop')
  })
  lostNothing(verified)
})

it('rolls back to a release that has ended, with its code and its settings', async () => {
  await using shop = await serving()
  await shop.edit('2')
  const verified = await shop.under(async () => {
    await shop.ran('deploy', 'shop')
    await shop.up.until('instance.stopped', { where: ({ release }) => release === 1 })
    await shop.ran('rollback', 'shop', '1')
    expect(await shop.version()).toBe('1')
  })
  lostNothing(verified)
  expect(await shop.ran('logs', 'shop', '--release', '3')).toContain('shop')
  expect((await shop.run('logs', 'shop', '--release', '99')).stderr).toMatch(/^HL6102 shop has no release 99/)
  const releases = await shop.ran('releases', 'shop')
  expect(releases).toContain('3')
  const kept = await readdir(path.join(shop.directory, '.hotlane', 'releases', 'shop'))
  const [first, third] = await Promise.all(
    ['1.json', '3.json'].map(async (name) => {
      expect(kept).toContain(name)
      const file = path.join(shop.directory, '.hotlane', 'releases', 'shop', name)
      const { artifact, environment, service } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
      return { artifact, environment, service }
    }),
  )
  expect(third).toEqual(first)
})

it('refuses a second deploy of a service while one is under way, or lets it wait', async () => {
  await using shop = await serving(['rollout: { strategy: blue-green, bake: 100ms }'])
  await shop.edit('2')
  await shop.ran('deploy', 'shop', '--no-wait')
  await shop.waitsForPerson(2)
  await shop.edit('3')
  const refused = await shop.run('deploy', 'shop')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('HL6101')
  const queued = shop.run('deploy', 'shop', '--queue', '--strategy', 'replace')
  await shop.ran('promote', 'shop')
  expect((await queued).code).toBe(0)
  expect(await shop.version()).toBe('3')
})

import { expect, it } from 'vitest'
import { Production } from './support/production.ts'
import type { Verified } from './support/verify.ts'

/** Exit code of a command that leaves a rollout to a person. */
const waitsForPerson = 3

const quick = ['rollout: { strategy: replace, bake: 200ms, window: 30s }']

function lostNothing({ code, report }: Verified): void {
  expect(report.losses).toEqual([])
  expect(report.ledger).toMatchObject({ neverExecuted: 0, executedUnanswered: 0, twice: 0, unrecorded: 0 })
  expect(report.streams).toMatchObject([{ cut: 0 }])
  expect(code).toBe(0)
}

async function serving(settings: readonly string[] = quick): Promise<Production> {
  const shop = await Production.open({ settings })
  await shop.up.until('rollout.finished', { where: ({ rollout }) => rollout.phase === 'complete' })
  return shop
}

it('deploys, rolls back at once while the old release is warm, and deploys again, without a loss', async () => {
  await using shop = await serving()
  expect(await shop.version()).toBe('1')
  const verified = await shop.under(async () => {
    await shop.edit('2')
    await shop.ran('deploy', 'shop')
    expect(await shop.version()).toBe('2')
    await shop.ran('rollback', 'shop')
    expect(await shop.version()).toBe('1')
    await shop.edit('3')
    await shop.ran('deploy', 'shop')
    expect(await shop.version()).toBe('3')
  })
  lostNothing(verified)
  const { releases, switches, phases, gateway } = verified.report
  expect(releases.map(({ release }) => release)).toContain('3')
  expect(switches.map(({ release }) => release)).toEqual(['2', '1', '3'])
  expect(phases.find(({ phase }) => phase === 'switch')?.requests).toBeGreaterThan(0)
  expect(gateway?.lost).toBe(0)
})

it('keeps the old release where the new one never becomes ready, crashes in the bake, or is judged worse', async () => {
  await using shop = await serving([
    'rollout: { strategy: replace, bake: 5s, judge: { minRequests: 20, every: 100ms } }',
  ])
  const verified = await shop.under(async () => {
    await shop.edit('never', [
      "server.listen(Number(PORT), '127.0.0.1'",
      'setTimeout(() => process.exit(3), 100), ((a, b) => b)(0',
    ])
    expect(await shop.run('deploy', 'shop')).toMatchObject({ code: 1 })
    expect(await shop.version()).toBe('1')
  })
  lostNothing(verified)
  await shop.edit('crashes', ["console.log('listening')", 'setTimeout(() => process.exit(4), 1000)'])
  const crashed = await shop.run('deploy', 'shop')
  expect(crashed.code).toBe(1)
  expect(await shop.version()).toBe('1')
  expect((await shop.report(3)).rollout).toMatchObject({ phase: 'aborted' })
})

it('leads requests to a canary by rule and by weight, waits for a person, and takes it back or promotes it', async () => {
  await using shop = await serving([
    'rollout:',
    '  strategy: canary',
    '  steps: [0%, approve, 50%, approve]',
    '  rules: [{ header: x-version, value: beta }]',
    '  sticky: request',
    '  bake: 200ms',
  ])
  await shop.edit('2')
  const verified = await shop.under(async () => {
    await shop.ran('deploy', 'shop', '--no-wait')
    await shop.waitsForPerson(2)
    expect(await shop.version()).toBe('1')
    expect(await shop.version({ 'x-version': 'beta' })).toBe('2')
    expect(await shop.ran('why', 'shop')).toContain('promote')
    expect((await shop.run('promote', 'shop')).code).toBe(waitsForPerson)
    const versions = new Set<string>()
    while (versions.size < 2) versions.add(await shop.version())
    await shop.run('pause', 'shop')
    expect((await shop.run('resume', 'shop')).code).toBe(waitsForPerson)
    await shop.run('abort', 'shop')
    await shop.up.until('rollout.finished', { where: ({ rollout }) => rollout.phase === 'aborted' })
    expect(await shop.version({ 'x-version': 'beta' })).toBe('1')
    await shop.edit('3')
    await shop.ran('deploy', 'shop', '--no-wait')
    await shop.waitsForPerson(3)
    await shop.ran('promote', 'shop', '--full')
    await shop.up.until('rollout.finished', { where: ({ rollout }) => rollout.to === 3 })
    expect(await shop.version()).toBe('3')
  })
  expect(verified.report.losses).toEqual([])
  expect(verified.report.ledger).toMatchObject({ neverExecuted: 0, twice: 0 })
  expect(verified.report.switches.map(({ release }) => release)).toEqual(['2', '1', '3'])
})

it('goes on serving when the control process is killed in the middle of a canary, and goes on with it afterwards', async () => {
  await using shop = await serving([
    'rollout: { strategy: canary, steps: [50%, approve], sticky: request, bake: 200ms }',
  ])
  await shop.edit('2')
  const verified = await shop.under(async () => {
    await shop.ran('deploy', 'shop', '--no-wait')
    await shop.waitsForPerson(2)
    await shop.crash()
    const versions = new Set<string>()
    while (versions.size < 2) versions.add(await shop.version())
    await shop.restart()
    await shop.up.until('rollout.recovered', { where: ({ how }) => how === 'resumed' })
    await shop.waitsForPerson(2)
    await shop.ran('promote', 'shop')
    await shop.up.until('rollout.finished', { where: ({ rollout }) => rollout.phase === 'complete' })
  })
  expect(verified.report.losses).toEqual([])
  expect(verified.report.ledger).toMatchObject({ neverExecuted: 0, twice: 0 })
  expect(await shop.version()).toBe('2')
})

it('leaves nothing running after hotlane down', async () => {
  await using shop = await serving()
  expect((await shop.left()).length).toBeGreaterThan(1)
  await shop.ran('down', '--yes')
  await shop.up.exited
  expect(await shop.left()).toEqual([])
})

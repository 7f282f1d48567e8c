import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/verify/report.ts'
import { Hotlane, type Workspace, workspace } from './support/hotlane.ts'
import { accepts, freePort } from './support/processes.ts'
import { type Verified, verify } from './support/verify.ts'

const app = new URL('../apps/ledger.mjs', import.meta.url)

/**
 * The ledger app as a project of `hotlane dev`, with everything that load can be made of. The ledger stands beside the project:
 * inside, each line of it would be a change.
 */
async function project(port: number): Promise<Workspace> {
  const made = await workspace({ 'project/server.mjs': await readFile(app, 'utf8') })
  const settings = [
    'build: false',
    'run: [node, server.mjs]',
    `listen: 127.0.0.1:${port}`,
    `env: { LEDGER: ${made.path('ledger')} }`,
    'verify:',
    '  rate: 100',
    '  ledger: /__ledger',
    '  mix:',
    '    - { path: /, weight: 8 }',
    "    - { path: /, method: POST, body: '{}', weight: 8 }",
    "    - { path: /upload, upload: { pieces: 5, bytes: 100, every: 20ms }, contains: '500 bytes', weight: 1 }",
    '    - { path: /stream, kind: sse, open: 3 }',
  ]
  await made.write('project/hotlane.yaml', `${settings.join('\n')}\n`)
  return made
}

/** Load for as long as `work` takes, which begins when requests are executed. */
async function during(made: Workspace, words: readonly string[], work: () => Promise<void>): Promise<Verified> {
  const command = `while [ ! -f ${made.path('done')} ]; do sleep 0.05; done`
  const verified = verify(
    [...words, '--before', '300ms', '--after', '300ms', '--during', command],
    made.path('project'),
  )
  const executed = async (): Promise<string> => readFile(made.path('ledger'), 'utf8').catch(() => '')
  await expect.poll(executed, { timeout: 30_000 }).toContain('-1\n')
  await work()
  await made.write('done', '')
  return verified
}

function lostNothing({ code, report }: Verified): void {
  expect(report.losses).toEqual([])
  expect(report.ledger).toMatchObject({
    neverExecuted: 0,
    executedUnanswered: 0,
    twice: 0,
    unrecorded: 0,
    uncovered: [],
  })
  expect(report.streams).toMatchObject([{ open: 3, cut: 0 }])
  expect(report.backwards).toBe(0)
  expect(code).toBe(0)
}

function seen({ releases }: Report): readonly string[] {
  return releases.map(({ release }) => release)
}

describe('hotlane dev under verify', () => {
  it('loses and repeats nothing over saves and failed starts', async () => {
    await using made = await project(await freePort())
    await using dev = new Hotlane(made.path('project'))
    await dev.switched(1)
    const source = await readFile(app, 'utf8')
    const verified = await during(made, [], async () => {
      for (let save = 1; save <= 4; save++) {
        await made.write('project/server.mjs', source.replace("VERSION = '1'", `VERSION = 'v${save}'`))
        await dev.switched(save + 1)
        await made.write('project/server.mjs', `const broken = (\n${source}`)
        await dev.until('instance.failed', { where: () => dev.all('instance.failed').length >= save })
      }
    })
    lostNothing(verified)
    expect(seen(verified.report).length).toBeGreaterThanOrEqual(5)
    expect(verified.report.gateway?.lost).toBe(0)
  })

  it('loses no more by a crash than was in flight, as its own gateway counts too, and repeats no POST', async () => {
    await using made = await project(await freePort())
    await using dev = new Hotlane(made.path('project'))
    const { report: serving } = await dev.switched(1)
    const { report } = await during(made, [], async () => {
      process.kill(serving.pid, 'SIGKILL')
      const { seq } = await dev.until('instance.crashed')
      await dev.until('instance.ready', { after: seq })
    })
    const cut = report.streams[0]?.cut ?? 0
    expect(report.ledger?.unrecorded).toBe(0)
    // A GET on a kept connection that broke before its answer may be sent again (RFC 9110 section 9.2.2), executed or not.
    expect(report.ledger?.repeated.filter(({ step }) => step.startsWith('POST'))).toEqual([])
    // A stream that breaks between two events is a loss to the gateway, and none to a client that connects again.
    const ofStreams = (report.gateway?.lost ?? 0) - report.lost
    expect(ofStreams).toBeGreaterThanOrEqual(cut)
    expect(ofStreams).toBeLessThanOrEqual(report.streams[0]?.open ?? 0)
    expect(report.phases[0]?.failed.refused ?? 0).toBe(0)
  })

  it('deploys as often as asked, and tells each switch', async () => {
    await using made = await project(await freePort())
    await using dev = new Hotlane(made.path('project'))
    await dev.switched(1)
    const verified = await verify(
      ['--deploys', '3', '--every', '200ms', '--before', '300ms', '--after', '300ms'],
      made.path('project'),
    )
    lostNothing(verified)
    const { deployments, switches, phases } = verified.report
    expect(deployments.map(({ what }) => what)).toEqual(['rebuild 1', 'rebuild 2', 'rebuild 3'])
    expect(switches.map(({ release }) => release)).toEqual(['2', '3', '4'])
    expect(phases.map(({ phase }) => phase)).toEqual([
      'all',
      'before',
      'during',
      'between',
      'after',
      'switch',
      'steady',
    ])
    expect(phases[0]?.rssMaxBytes).toBeGreaterThan(0)
  })

  it('is told honestly what a restart of the gateway itself refuses: never executed, and nothing twice', async () => {
    const port = await freePort()
    await using made = await project(port)
    let second: Hotlane | undefined
    const first = new Hotlane(made.path('project'))
    await first.switched(1)
    const { code, report } = await during(made, [`http://127.0.0.1:${port}/`], async () => {
      await first[Symbol.asyncDispose]()
      expect(await accepts(`http://127.0.0.1:${port}`)).toBe(false)
      second = new Hotlane(made.path('project'))
      await second.switched(1)
    })
    await second?.[Symbol.asyncDispose]()
    expect(code).toBe(1)
    expect(report.phases[0]?.failed.refused).toBeGreaterThan(0)
    expect(report.ledger?.neverExecuted).toBeGreaterThanOrEqual(report.phases[0]?.failed.refused ?? 0)
    expect(report.ledger?.twice).toBe(0)
  })
})

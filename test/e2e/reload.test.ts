import { readFile, utimes, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { describeWithGo } from '../support/needs.ts'
import { goApp, goMain, nodeApp, nodeMain } from './support/apps.ts'
import { Hotlane, text, workspace } from './support/hotlane.ts'
import { Load, steppedBack } from './support/load.ts'

const anyPort = { args: ['--listen', '127.0.0.1:0'] }

describeWithGo('a Go service', () => {
  it('P1: starts exactly two releases for one edit, in order', async () => {
    await using app = await workspace(goApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    expect(await text(await hotlane.url())).toBe('v1')
    await app.write('main.go', goMain('v2'))
    const { report } = await hotlane.switched(2)
    expect(report).toMatchObject({ release: 2, way: 'overlap', lost: 0 })
    expect(await text(await hotlane.url())).toBe('v2')
    expect(hotlane.all('instance.started').map(({ release }) => release)).toEqual([1, 2])
  })

  it('P2: loses no request and never steps back to an old version under load', async () => {
    await using app = await workspace(goApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    const load = new Load(await hotlane.url(), { connections: 8, perSecond: 200 })
    for (const [count, version] of ['v2', 'v3', 'v4', 'v5'].entries()) {
      await app.write('main.go', goMain(version))
      await hotlane.switched(count + 2)
    }
    const { losses, versionsByConnection } = await load.stop()
    expect(losses).toEqual([])
    expect(versionsByConnection.flatMap(steppedBack)).toEqual([])
    expect(await text(await hotlane.url())).toBe('v5')
  })

  it('P3: keeps the same process serving through a broken build, tells the error, then serves the mended version', async () => {
    await using app = await workspace(goApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    const first = await hotlane.switched(1)
    await app.write('main.go', goMain('v2').replace('fmt.Fprint(w, version)', 'fmt.Fprint(w, versoin)'))
    const { error } = await hotlane.until('build.failed')
    expect(error.code).toBe('HL3001')
    expect(error.position).toMatchObject({ file: app.path('main.go'), line: 12 })
    expect(error.output).toMatch(/^main\.go:12:\d+: undefined: versoin/)
    expect(await text(await hotlane.url())).toBe('v1')
    expect(hotlane.all('instance.started').map(({ pid }) => pid)).toEqual([first.report.pid])
    await app.write('main.go', goMain('v2'))
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v2')
  })

  it('P10: builds a branch checkout of 500 files once or twice, and ends with its content', async () => {
    await using app = await workspace(goApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    const { seq } = hotlane
    for (let file = 0; file < 500; file++)
      await writeFile(app.path(`part${file}.go`), `package main\n\nfunc part${file}() {}\n`)
    await app.write('main.go', goMain('v2'))
    await hotlane.until('service.switched', { after: seq, where: ({ report }) => report.release > 1 })
    await expect.poll(() => hotlane.url().then(text), { timeout: 30_000 }).toBe('v2')
    const finished = hotlane.all('build.finished').filter((event) => event.seq > seq)
    expect(finished.length).toBeLessThanOrEqual(2)
    // Never two at a time: a build starts only after the one before it has ended, one way or another.
    const steps = hotlane.events
      .map(({ type }) => type)
      .filter((type) => /^build\.(?:started|finished|failed|aborted)$/.test(type))
    expect(steps.filter((_step, index) => index % 2 === 0).every((step) => step === 'build.started')).toBe(true)
    expect(steps.filter((_step, index) => index % 2 === 1)).not.toContain('build.started')
  })

  it('lets a newer save abort the build of an older one', async () => {
    await using app = await workspace(goApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    await app.write('main.go', goMain('v2'))
    await hotlane.until('build.started', { after: hotlane.seq })
    await app.write('main.go', goMain('v3'))
    await hotlane.until('build.aborted')
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v3')
  })

  it('does not restart for a change that leaves the program the same', async () => {
    await using app = await workspace(goApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    await app.write('main_test.go', 'package main\n')
    await app.write('README.md', 'text\n')
    expect((await hotlane.until('change.judged', { after: hotlane.seq })).impact).toBe('nothing')
    expect(hotlane.all('build.started')).toHaveLength(1)
  })
})

describe('a service of any kind', () => {
  it('P11: does nothing for a touch or a save of the same content, and never reads a half-written file', async () => {
    await using app = await workspace(nodeApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    await utimes(app.path('server.mjs'), new Date(), new Date())
    await writeFile(app.path('server.mjs'), await readFile(app.path('server.mjs')))
    // Truncated first, as some editors save, and then written: one change, of the whole content.
    await writeFile(app.path('server.mjs'), '')
    await writeFile(app.path('server.mjs'), nodeMain('v2'))
    await hotlane.switched(2)
    expect(hotlane.all('instance.started')).toHaveLength(2)
    expect(hotlane.all('instance.failed')).toEqual([])
    expect(await text(await hotlane.url())).toBe('v2')
  })

  it('is not starved by a save every few milliseconds', async () => {
    await using app = await workspace(nodeApp('v1'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    let saves = 1
    const flood = setInterval(() => void app.write('server.mjs', nodeMain(`v${++saves}`)), 40)
    await hotlane.switched(4)
    clearInterval(flood)
    await expect.poll(() => hotlane.url().then(text), { timeout: 30_000 }).toBe(`v${saves}`)
  })

  it('holds requests during the first start, and answers them from it', async () => {
    await using app = await workspace(nodeApp('v1', 'await new Promise((resolve) => setTimeout(resolve, 300))'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    expect(await text(await hotlane.url())).toBe('v1')
  })

  it('answers at once with the reason where the first start fails, and serves after the mend', async () => {
    await using app = await workspace(nodeApp('v1', 'throw new Error("no database")'))
    await using hotlane = new Hotlane(app.directory, anyPort)
    const { error } = await hotlane.until('instance.failed')
    expect(error).toMatchObject({ code: 'HL4001' })
    const refused = await fetch(await hotlane.url())
    expect(refused.status).toBe(503)
    expect(await refused.text()).toContain('no database')
    await app.write('server.mjs', nodeMain('v2'))
    await hotlane.switched(1)
    expect(await text(await hotlane.url())).toBe('v2')
  })

  it('keeps the old process where the new one never gets ready', async () => {
    await using app = await workspace({
      ...nodeApp('v1'),
      'hotlane.yaml': 'services: { app: { ready: { timeout: 4s } } }\n',
    })
    await using hotlane = new Hotlane(app.directory, anyPort)
    await hotlane.switched(1)
    await app.write('server.mjs', 'setInterval(() => undefined, 1000)\n')
    expect((await hotlane.until('instance.failed')).error.code).toBe('HL4002')
    expect(await text(await hotlane.url())).toBe('v1')
    await app.write('server.mjs', nodeMain('v3'))
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v3')
  })

  it('loses nothing over a crash with a restart', async () => {
    const crash = `process.on('SIGUSR2', () => process.exit(3))`
    await using app = await workspace(nodeApp('v1', crash))
    await using hotlane = new Hotlane(app.directory, anyPort)
    const { report } = await hotlane.switched(1)
    const load = new Load(await hotlane.url(), { connections: 2, perSecond: 100 })
    process.kill(report.pid, 'SIGUSR2')
    await hotlane.until('instance.crashed')
    await hotlane.until('instance.started', { where: ({ pid }) => pid !== report.pid })
    expect(await text(await hotlane.url())).toBe('v1')
    const { losses } = await load.stop()
    // A request that the dying process had begun to work on may be cut; one that came later waits.
    expect(losses.length).toBeLessThanOrEqual(3)
  })
})

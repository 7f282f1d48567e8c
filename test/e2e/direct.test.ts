import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { PostLoad } from '../gateway/support/post-load.ts'
import { describeWithGo } from '../support/needs.ts'
import { Hotlane, type Workspace, workspace } from './support/hotlane.ts'
import { freePort } from './support/processes.ts'

const apps = path.resolve(import.meta.dirname, '../apps')
const source = await readFile(path.join(apps, 'direct.mjs'), 'utf8')

/** What a program does that was not told that it is handed a socket. */
const ignorant = `import { createServer } from 'node:http'
createServer((request, response) => response.end('mine')).listen(process.env.PORT)
`

/** On a connection of its own: the app ends kept ones when it ends. */
const alone = { headers: { connection: 'close' } }

async function project(port: number, settings = 'direct: true'): Promise<Workspace> {
  return workspace({
    'server.mjs': source,
    'hotlane.yaml': `services:\n  shop: { build: false, run: [node, server.mjs], listen: ${port}, ${settings} }\n`,
  })
}

async function answering(url: string): Promise<number> {
  const answer = await fetch(url, { method: 'POST', body: 'x', headers: { connection: 'close' } })
  return Number(answer.headers.get('x-pid'))
}

describe.skipIf(process.platform === 'win32')('a service with "direct: true"', () => {
  it('is replaced at each save without a refused connection, and the gateway is not in the way', async () => {
    await using app = await project(0)
    await using hotlane = new Hotlane(app.directory)
    await hotlane.switched(1)
    const url = await hotlane.url()
    expect(await hotlane.until('gateway.listening')).toMatchObject({ direct: true })
    const load = new PostLoad(url, { kept: 0, fresh: 2 })
    await load.further(50)
    for (const count of [2, 3]) {
      await app.write('server.mjs', `${source}// ${count}\n`)
      const { report } = await hotlane.switched(count)
      expect(report.way).toBe('overlap')
      await load.further(50)
      await hotlane.until('instance.stopped', { where: ({ release }) => release === count - 1 })
      expect(await answering(url)).toBe(report.pid)
    }
    expect((await fetch(url)).headers.has('x-hotlane-release')).toBe(false)
    await load.stop()
    expect(load.losses).toEqual([])
    expect(hotlane.all('instance.stopped').map(({ killed }) => killed)).toEqual([false, false])
  })

  it('loses nothing by saves that follow each other closely', async () => {
    await using app = await project(0)
    await using hotlane = new Hotlane(app.directory)
    await hotlane.switched(1)
    const url = await hotlane.url()
    const load = new PostLoad(url, { kept: 0, fresh: 2 })
    for (const count of [1, 2, 3, 4]) {
      const seen = hotlane.seq
      await app.write('server.mjs', source.replace("'x-pid'", `'x-save': ${count}, 'x-pid'`))
      // A start that is under way is what the next save ends.
      await hotlane.until('instance.started', { after: seen })
    }
    while ((await fetch(url, alone)).headers.get('x-save') !== '4') await load.further(1)
    await load.stop()
    expect(load.losses).toEqual([])
  })

  it('keeps its instance where the next one binds the port itself, and says what is wrong', async () => {
    await using app = await project(0)
    await using hotlane = new Hotlane(app.directory)
    const { report } = await hotlane.switched(1)
    const url = await hotlane.url()
    const load = new PostLoad(url, { kept: 0, fresh: 2 })
    await app.write('server.mjs', ignorant)
    const { error } = await hotlane.until('instance.failed')
    expect(error).toMatchObject({ code: 'HL4008', message: expect.stringContaining(new URL(url).port) })
    await load.further(20)
    await load.stop()
    expect(load.losses).toEqual([])
    expect(await answering(url)).toBe(report.pid)
    await app.write('server.mjs', `${source}// mended\n`)
    expect(await answering(url)).toBe(report.pid)
    const mended = await hotlane.switched(2)
    await hotlane.until('instance.stopped', { where: ({ release }) => release === 1 })
    expect(await answering(url)).toBe(mended.report.pid)
  })

  it('is stopped before the next one starts where that wants a second port, while connections wait', async () => {
    await using app = await project(0)
    const metrics = `createServer().listen(${await freePort()}, () => server.listen({ fd: 3 }))`
    const withMetrics = source.replace('server.listen({ fd: 3 })', metrics)
    await app.write('server.mjs', withMetrics)
    await using hotlane = new Hotlane(app.directory)
    await hotlane.switched(1)
    const url = await hotlane.url()
    const load = new PostLoad(url, { kept: 0, fresh: 2 })
    for (const count of [2, 3]) {
      await app.write('server.mjs', `${withMetrics}// ${count}\n`)
      const { report } = await hotlane.switched(count)
      expect(report.way).toBe('hold')
      expect(await answering(url)).toBe(report.pid)
    }
    await load.stop()
    expect(load.losses).toEqual([])
  })

  it('says so at the first start too', async () => {
    await using app = await project(0)
    await app.write('server.mjs', ignorant)
    await using hotlane = new Hotlane(app.directory)
    expect((await hotlane.until('instance.failed')).error.code).toBe('HL4008')
  })

  it('lets connections wait while it is started again after a crash', async () => {
    await using app = await project(0)
    await using hotlane = new Hotlane(app.directory)
    const { report } = await hotlane.switched(1)
    process.kill(report.pid, 'SIGKILL')
    await hotlane.until('instance.crashed')
    const pid = await answering(await hotlane.url())
    expect(pid).not.toBe(report.pid)
    expect(hotlane.all('instance.started').map((started) => started.pid)).toContain(pid)
  })

  it('hands its address to the gateway, and takes it back, when the settings say so', async () => {
    const port = await freePort()
    await using app = await project(port)
    await using gateway = await project(port, 'direct: false')
    await using hotlane = new Hotlane(app.directory)
    await hotlane.switched(1)
    await app.write('server.mjs', ignorant)
    await hotlane.until('instance.failed')
    await app.write('hotlane.yaml', await readFile(gateway.path('hotlane.yaml'), 'utf8'))
    await hotlane.switched(2)
    const url = await hotlane.url()
    expect(await (await fetch(url)).text()).toBe('mine')
    await app.write('server.mjs', source)
    await app.write('hotlane.yaml', (await readFile(gateway.path('hotlane.yaml'), 'utf8')).replace('false }', 'true }'))
    const { report } = await hotlane.switched(3)
    expect(await answering(url)).toBe(report.pid)
    expect(hotlane.all('session.fault')).toEqual([])
  })

  it('is told where another program has its address', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    await using app = await project(address !== null && typeof address === 'object' ? address.port : 0)
    const hotlane = new Hotlane(app.directory)
    expect((await hotlane.exited).code).toBe(2)
    expect(hotlane.stderr).toContain('HL5001')
    blocker.close()
  })

  it('is refused in production', async () => {
    await using app = await project(await freePort())
    const hotlane = new Hotlane(app.directory, { command: 'up' })
    expect((await hotlane.exited).code).toBe(2)
    expect(hotlane.stderr).toContain('HL1010')
    expect(hotlane.stderr).toContain('shop')
  })
})

describeWithGo('a Go service with "direct: true"', () => {
  it('is built and replaced at a save without a refused connection', async () => {
    await using app = await workspace(
      { 'hotlane.yaml': 'listen: 0\nservices:\n  shop: { build: { go: . }, direct: true }\n' },
      path.join(apps, 'direct-go'),
    )
    const main = await readFile(app.path('main.go'), 'utf8')
    await using hotlane = new Hotlane(app.directory)
    await hotlane.switched(1)
    const url = await hotlane.url()
    const load = new PostLoad(url, { kept: 0, fresh: 2 })
    await load.further(50)
    await app.write('main.go', main.replace('"X-Pid", ', '"X-Save", "1")\n\tw.Header().Set("X-Pid", '))
    await hotlane.switched(2)
    await hotlane.until('instance.stopped')
    await load.further(50)
    await load.stop()
    expect(load.losses).toEqual([])
    expect((await fetch(url)).headers.get('x-save')).toBe('1')
  })
})

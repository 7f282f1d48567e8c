import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { Hotlane, text, workspace } from './support/hotlane.ts'
import { Load, steppedBack } from './support/load.ts'
import { freePort } from './support/processes.ts'

function fixedPort(version: string, port: number): Readonly<Record<string, string>> {
  return {
    'package.json': '{ "name": "app", "main": "server.mjs" }',
    'server.mjs': `import { createServer } from 'node:http'
createServer((request, response) => response.end('${version}')).listen(${port})
`,
  }
}

describe('an app that ignores PORT', () => {
  it('is noticed, and replaced while requests wait: none is lost', async () => {
    const port = await freePort()
    await using app = await workspace(fixedPort('v1', port))
    await using hotlane = new Hotlane(app.directory, { args: ['--listen', '127.0.0.1:0'] })
    await hotlane.switched(1)
    const url = await hotlane.url()
    expect(await hotlane.until('service.port-fixed')).toMatchObject({ port, publicUrl: `${url}/` })
    const load = new Load(url, { connections: 4, perSecond: 100 })
    for (const [count, version] of ['v2', 'v3'].entries()) {
      await app.write('server.mjs', fixedPort(version, port)['server.mjs'] ?? '')
      const { report } = await hotlane.switched(count + 2)
      expect(report).toMatchObject({ way: 'hold', lost: 0 })
    }
    const { losses, versionsByConnection } = await load.stop()
    expect(losses).toEqual([])
    expect(versionsByConnection.flatMap(steppedBack)).toEqual([])
    expect(await text(url)).toBe('v3')
    expect(hotlane.all('service.port-fixed')).toHaveLength(1)
  })

  it('gets the default port that it insists on, and hotlane moves to another one', async () => {
    const port = await freePort()
    // The default is 8080, which another program may hold here; a settings file that is not about ports sets no address.
    await using app = await workspace({
      ...fixedPort('v1', 8080),
      'server.mjs': `import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
createServer((request, response) => response.end('v1')).listen(Number(readFileSync('wanted', 'utf8')))
`,
      wanted: String(port),
    })
    await using probe = new Hotlane(app.directory)
    const first = await probe.until('gateway.listening')
    await app.write('wanted', new URL(first.url).port)
    await probe.switched(1)
    probe.signal('SIGINT')
    await probe.exited
    await using hotlane = new Hotlane(app.directory)
    const moved = await hotlane.until('gateway.listening', {
      where: (event) => event.moved?.includes('the app itself') === true,
    })
    await hotlane.switched(1)
    expect(await text(moved.url)).toBe('v1')
    expect(await text(first.url)).toBe('v1')
  })

  it('is told where the user chose that very address for hotlane', async () => {
    const port = await freePort()
    await using app = await workspace(fixedPort('v1', port))
    await using hotlane = new Hotlane(app.directory, { args: ['--listen', `127.0.0.1:${port}`] })
    const { error } = await hotlane.until('instance.failed')
    expect(error.code).toBe('HL4005')
    expect(error.message).toContain(String(port))
  })

  it('gets its old process back where the new one fails to start', async () => {
    const port = await freePort()
    await using app = await workspace(fixedPort('v1', port))
    await using hotlane = new Hotlane(app.directory, { args: ['--listen', '127.0.0.1:0'] })
    await hotlane.switched(1)
    await app.write('server.mjs', 'throw new Error("broken")\n')
    await hotlane.until('instance.failed')
    // The artifact of a script is the script itself, so the process that comes back is as broken: the reason is told at once.
    const answer = await fetch(await hotlane.url())
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('broken')
    await app.write('server.mjs', fixedPort('v3', port)['server.mjs'] ?? '')
    await hotlane.switched(2)
    expect(await text(await hotlane.url())).toBe('v3')
  })
})

describe('a request that is under way', () => {
  it('is answered by an app that cannot overlap before it is stopped, while a stream is ended at once', async () => {
    const port = await freePort()
    const app = (version: string): string => `import { createServer } from 'node:http'
createServer((request, response) => {
  if (request.url === '/events') return response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\\n\\n')
  if (request.url !== '/slow') return response.end('${version}')
  console.log('begun')
  process.once('SIGUSR2', () => response.end('slow ${version}'))
}).listen(${port})
`
    await using project = await workspace({ ...fixedPort('v1', port), 'server.mjs': app('v1') })
    await using hotlane = new Hotlane(project.directory, { args: ['--listen', '127.0.0.1:0'] })
    const { report } = await hotlane.switched(1)
    const url = await hotlane.url()
    const events = await fetch(`${url}/events`)
    const slow = text(`${url}/slow`)
    await hotlane.until('instance.output', { where: ({ line }) => line === 'begun' })
    await project.write('server.mjs', app('v2'))
    expect(await events.text()).toBe('data: 1\n\n')
    process.kill(report.pid, 'SIGUSR2')
    expect(await slow).toBe('slow v1')
    expect((await hotlane.switched(2)).report).toMatchObject({ way: 'hold', lost: 0 })
    expect(await text(url)).toBe('v2')
  })
})

describe('an app with a second port of its own', () => {
  it('cannot overlap, which is found out at the first switch without losing a request', async () => {
    const port = await freePort()
    const app = (version: string): string => `import { createServer } from 'node:http'
createServer((request, response) => response.end('${version}')).listen(process.env.PORT)
createServer((request, response) => response.end('metrics')).listen(${port})
`
    await using project = await workspace({
      'package.json': '{ "name": "app", "main": "server.mjs" }',
      'server.mjs': app('v1'),
    })
    await using hotlane = new Hotlane(project.directory, { args: ['--listen', '127.0.0.1:0'] })
    expect((await hotlane.switched(1)).report.way).toBe('overlap')
    const load = new Load(await hotlane.url(), { connections: 4, perSecond: 100 })
    await project.write('server.mjs', app('v2'))
    expect((await hotlane.switched(2)).report).toMatchObject({ way: 'hold', lost: 0 })
    expect((await load.stop()).losses).toEqual([])
    expect(await text(await hotlane.url())).toBe('v2')
  })
})

describe('a public port that is taken', () => {
  it('is an error with the holder where the user chose it', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    await using app = await workspace(fixedPort('v1', 0))
    const hotlane = new Hotlane(app.directory, { args: ['--listen', `127.0.0.1:${port}`] })
    expect((await hotlane.exited).code).toBe(2)
    expect(hotlane.stderr).toContain('HL5001')
    expect(hotlane.stderr).toContain(`127.0.0.1:${port}`)
    expect(hotlane.stderr).toContain(process.platform === 'linux' ? `(process ${process.pid})` : 'taken')
    blocker.close()
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { flawed } from './support/flawed.ts'
import { workspace } from './support/hotlane.ts'
import { verify } from './support/verify.ts'

const hook = new URL('../../bin/gc.js', import.meta.url).href

const service = `import http from 'node:http'
http.createServer((request, response) => { global.gc(); response.end('x') })
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

describe('garbage collection', () => {
  it('of a Node service is told by its hook, with its processor time and memory', async () => {
    await using app = await workspace({})
    const log = app.path('gc.ndjson')
    const argv = ['--expose-gc', '--import', hook, '--input-type=module', '-e', service]
    const env = { ...process.env, HOTLANE_GC_LOG: log }
    const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    const url = `http://127.0.0.1:${port.toString().trim()}/`
    const { report } = await verify([
      url,
      '--rate',
      '20',
      '--duration',
      '2s',
      '--gc-log',
      log,
      '--pid',
      String(child.pid),
    ])
    child.kill('SIGKILL')
    await exited
    const [all] = report.phases
    expect(all?.gc?.count).toBeGreaterThan(10)
    expect(all?.gc?.maxMs).toBeGreaterThan(0)
    expect(all?.gc?.totalMs).toBeGreaterThanOrEqual(all?.gc?.maxMs ?? Infinity)
    expect(all?.cpuCores).toBeGreaterThan(0)
    expect(all?.rssMaxBytes).toBeGreaterThan(10_000_000)
  })

  it('of a Go service is told by its log or by expvar, and counts what is new only', async () => {
    await using app = await workspace({ 'gc.log': 'gc 1 @0.1s 2%: 9+9+9 ms clock, rest\n' })
    const pauses = Array.from({ length: 256 }, () => 0)
    let collections = 300
    const server = createServer((_request, response) => {
      pauses[collections % 256] = 2_000_000
      collections++
      response.end(JSON.stringify({ memstats: { NumGC: collections, PauseNs: pauses } }))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const memstats = `http://127.0.0.1:${(server.address() as AddressInfo).port}/debug/vars`
    await using target = await flawed(() => 'none')
    const byExpvar = await verify([target.url, '--rate', '20', '--duration', '1s', '--memstats', memstats])
    server.close()
    const { gc } = byExpvar.report.phases[0] ?? {}
    expect(gc).toMatchObject({ maxMs: 2 })
    expect(gc?.totalMs).toBe((gc?.count ?? 0) * 2)
    const line = 'gc 2 @0.2s 2%: 0.5+9+0.25 ms clock, rest'
    const command = `echo '${line}' >> gc.log; echo '${line}' >> gc.log`
    const words = ['--rate', '20', '--before', '500ms', '--after', '500ms', '-C', app.directory]
    const byLog = await verify([target.url, ...words, '--gc-log', app.path('gc.log'), '--during', command])
    expect(byLog.report.phases[0]?.gc).toEqual({ count: 2, totalMs: 1.5, maxMs: 0.75 })
  })
})

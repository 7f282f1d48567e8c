import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { phaseOf, type Report } from '../../src/verify/report.ts'
import { hotlane } from './support/cli.ts'
import { type Flaw, flawed } from './support/flawed.ts'
import { workspace } from './support/hotlane.ts'
import { executedIn, ledgerApp, retryingProxy } from './support/ledger-app.ts'
import { freePort, isAlive } from './support/processes.ts'
import { verify } from './support/verify.ts'

const deployer = new URL('../apps/bad-deployer.mjs', import.meta.url).pathname
const everyTenth: Readonly<Record<number, Flaw>> = {
  1: 'lose',
  3: 'refuse',
  5: 'reset',
  7: 'cut',
  8: 'twice',
  9: 'hang',
}

describe('what a server does wrong', () => {
  it('is counted exactly, by kind and by the ledger', async () => {
    await using app = await workspace({
      'hotlane.yaml':
        'verify:\n  rate: 200\n  duration: 1s\n  newConnections: 100%\n  ledger: /__ledger\n  mix: [{ path: /, timeout: 500ms }]\n',
    })
    await using server = await flawed((n) => everyTenth[n % 10] ?? 'none')
    const { code, report } = await verify([server.url], app.directory)
    expect(report.phases[0]).toMatchObject({
      requests: 200,
      ok: 100,
      failed: { reset: 40, status: 20, cut: 20, timeout: 20 },
    })
    expect(report.lost).toBe(100)
    expect(report.ledger).toMatchObject({ neverExecuted: 40, executedUnanswered: 60, twice: 20, unrecorded: 0 })
    expect(report.ledger?.repeated.map(({ n }) => n % 10)).toEqual(Array.from({ length: 20 }, () => 8))
    expect(server.executed).toHaveLength(180)
    expect(report.verdicts.filter(({ held }) => !held).map(({ name }) => name)).toEqual(['max-lost', 'max-twice'])
    expect(code).toBe(1)
  })

  it('on kept connections is told from a connection that was closed before the answer began', async () => {
    await using server = await flawed((n) => (n === 105 ? 'lose' : 'none'))
    const { report } = await verify([
      server.url,
      '--rate',
      '200',
      '--duration',
      '1s',
      '--new-connections',
      '0',
      '--connections',
      '8',
    ])
    expect(report.phases[0]?.failed).toEqual({ stale: 1 })
  })

  it('is only what the client saw, where there is no ledger, and the report says so', async () => {
    await using server = await flawed(() => 'twice')
    const words = ['verify', server.url, '--rate', '50', '--duration', '500ms']
    const { code, stdout } = await hotlane(words, process.cwd())
    expect(code).toBe(0)
    expect(stdout).toContain('no ledger')
    expect(stdout).not.toContain('executed twice  ')
  })

  it('cannot hide a stall: every request that was due in it is late', async () => {
    const held: ServerResponse[] = []
    let arrived = 0
    const server = createServer((_request, response) => {
      arrived++
      if (arrived <= 50 || arrived > 150) return response.end('now')
      held.push(response)
      if (held.length === 100) for (const late of held) late.end('late')
      return undefined
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { report } = await verify([url, '--rate', '200', '--duration', '1s', '--connections', '4'])
    server.close()
    const late = report.phases[0]?.histogram ?? []
    // Those due in the first half of the stall have waited for at least the other half.
    const waited = late.filter(([bucket]) => bucket >= 200).reduce((sum, [, count]) => sum + count, 0)
    expect(waited).toBeGreaterThan(40)
    expect(report.phases[0]).toMatchObject({ requests: 200, ok: 200 })
    expect(report.phases[0]?.latency.max).toBeGreaterThan(400)
    expect(report.phases[0]?.latency.p50).toBeGreaterThan(1)
  })
})

describe('a deployer', () => {
  it.each(['SIGTERM', 'SIGKILL'])('that stops before it starts (%s) is told what it lost', async (signal) => {
    await using app = await workspace({})
    const [ledger, pid] = [app.path('ledger'), app.path('pid')]
    const port = await freePort()
    await using _server = await ledgerApp({
      PORT: String(port),
      LEDGER: ledger,
      PID: pid,
      DELAY_MS: '20',
    })
    const command = `LEDGER=${ledger} PID=${pid} PORT=${port} DELAY_MS=20 ${process.execPath} ${deployer} ${signal}`
    const { code, report } = await verify([
      `http://127.0.0.1:${port}/`,
      '--rate',
      '200',
      '--before',
      '500ms',
      '--after',
      '500ms',
      '--body',
      '{}',
      '--ledger',
      `file:${ledger}`,
      '--during',
      command,
    ])
    const executed = new Set(await executedIn(ledger))
    const { requests = 0, ok = 0 } = report.phases[0] ?? {}
    expect(code).toBe(1)
    expect(report.lost).toBe(requests - ok)
    expect(report.ledger?.neverExecuted).toBe(requests - executed.size)
    expect(report.ledger?.neverExecuted).toBeGreaterThan(0)
    expect(report.ledger?.executedUnanswered).toBe(executed.size - ok)
    expect(report.ledger?.twice).toBe(0)
    expect(phaseOf(report, 'before')).toMatchObject({ failed: {} })
    expect(report.deployments).toHaveLength(1)
  })

  it('behind a proxy that sends a POST again is told what was done twice', async () => {
    await using app = await workspace({})
    const ledger = app.path('ledger')
    const [first, second] = [await freePort(), await freePort()]
    const env = { LEDGER: ledger, DELAY_MS: '50' }
    await using _first = await ledgerApp({ ...env, PORT: String(first), PID: app.path('pid-1'), DIE_ON: '60' })
    await using _second = await ledgerApp({ ...env, PORT: String(second), PID: app.path('pid-2') })
    await using proxy = await retryingProxy([first, second])
    const words = ['--rate', '200', '--duration', '1s', '--body', '{}', '--ledger', `file:${ledger}`]
    const { code, report } = await verify([proxy.url, ...words])
    const executed = await executedIn(ledger)
    const repeated = executed.length - new Set(executed).size
    expect(report.lost).toBe(0)
    expect(repeated).toBeGreaterThan(0)
    expect(report.ledger).toMatchObject({ twice: repeated, neverExecuted: 0, executedUnanswered: 0 })
    expect(report.verdicts.filter(({ held }) => !held).map(({ name }) => name)).toEqual(['max-twice'])
    expect(code).toBe(1)
  })

  it('that outlasts the limit is ended with the run, and told so', async () => {
    await using app = await workspace({})
    await using server = await flawed(() => 'none')
    const command = `echo $$ > ${app.path('pid')}; exec sleep 600`
    const { report } = await verify([
      server.url,
      '--rate',
      '50',
      '--before',
      '0s',
      '--limit',
      '1s',
      '--during',
      command,
    ])
    expect(report.deployments).toMatchObject([{ what: command, failed: 'cut short by the end of the run' }])
    expect(report.remarks).toContain('The run ended before its deployments did.')
    expect(phaseOf(report, 'during')?.requests).toBeGreaterThan(0)
    expect(isAlive(Number(await readFile(app.path('pid'), 'utf8')))).toBe(false)
  })

  it('that fails is told with its last words, and nothing else is claimed', async () => {
    await using server = await flawed(() => 'none')
    const { code, report } = await verify([
      server.url,
      '--rate',
      '50',
      '--before',
      '100ms',
      '--after',
      '100ms',
      '--during',
      'echo no room; exit 3',
    ])
    expect(report.deployments).toMatchObject([{ what: 'echo no room; exit 3', failed: 'exit code 3\nno room' }])
    expect(code).toBe(0)
  })
})

describe('streams', () => {
  it('that end between events or with a close frame are opened again, and those that do not are cut', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/plain') return response.end()
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const clean = request.url === '/clean'
      return response.write(clean ? 'data: 1\n\n' : 'data: 1\n\ndata: 2', () => setTimeout(() => response.end(), 50))
    })
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket, { url }) => {
      socket.send('hello')
      setTimeout(() => (url === '/closed' ? socket.close(1012) : socket.terminate()), 50)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/plain`
    const { code, report } = await verify([
      url,
      '--path',
      '/plain',
      '--rate',
      '20',
      '--duration',
      '1s',
      '--streams',
      '2',
      '--sse',
      '/clean',
      '/torn',
      '--websocket',
      '/closed',
      '/broken',
    ])
    sockets.close()
    server.close()
    const of = (name: string): Report['streams'][number] | undefined =>
      report.streams.find(({ step }) => step.endsWith(name))
    expect(of('/clean')).toMatchObject({ open: 2, cut: 0 })
    expect(of('/closed')).toMatchObject({ open: 2, cut: 0 })
    for (const name of ['/clean', '/closed', '/torn', '/broken']) expect(of(name)?.opened).toBeGreaterThan(2)
    for (const name of ['/torn', '/broken']) expect(of(name)?.cut).toBeGreaterThan((of(name)?.opened ?? 0) - 3)
    expect(report.lost).toBe(0)
    expect(report.verdicts.filter(({ held }) => !held).map(({ name }) => name)).toEqual(['max-cut'])
    expect(code).toBe(1)
  })
})

describe('a server that answers a stream and hangs up', () => {
  it('is not flooded', async () => {
    let streams = 0
    const server = createServer((request, response) => {
      if (request.url === '/stream') streams++
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const words = ['--path', '/', '--sse', '/stream', '--streams', '1', '--rate', '20', '--duration', '1s']
    const { report } = await verify([url, ...words])
    server.close()
    expect(report.streams[0]?.opened).toBe(streams)
    // Ten a second at most, whatever the machine does.
    expect(streams).toBeLessThanOrEqual(11)
  })
})

describe('another machine', () => {
  const address = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')

  it.skipIf(address === undefined)('gets load only by an explicit yes, and what it gets is said', async () => {
    const server = createServer((_request, response) => response.end()).listen(0, '0.0.0.0')
    await once(server, 'listening')
    const url = `http://${address?.address ?? ''}:${(server.address() as AddressInfo).port}/`
    const words = [url, '--rate', '20', '--duration', '500ms']
    expect(await hotlane(['verify', ...words], process.cwd())).toMatchObject({ code: 2, stdout: '' })
    const { code, stderr, report } = await verify([...words, '--yes-remote'])
    server.close()
    expect(stderr).toMatch(/^sending up to 20 requests per second for up to 1 s, 1000000 at most, to .*: GET \/\n/)
    expect([code, report.phases[0]?.ok]).toEqual([0, 10])
  })
})

describe('the command', () => {
  it('writes every form of report, and compares two', async () => {
    await using app = await workspace({})
    await using server = await flawed(() => 'none')
    const files = ['r.json', 'r.jtl', 'r.html', 'r.xml'].map((name) => app.path(name))
    const words = [server.url, '--rate', '100', '--duration', '500ms', '--path', '/a,b', '--p99', '1us0']
    expect((await hotlane(['verify', ...words], app.directory)).code).toBe(2)
    const run = await verify([...words.slice(0, -2), '--min-success', '100%', '-o', ...files], app.directory)
    expect(run.code).toBe(0)
    const [json = '', jtl = '', html = '', xml = ''] = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    expect(JSON.parse(json)).toEqual(run.report)
    expect(jtl.trim().split('\n')).toHaveLength(51)
    expect(jtl).toMatch(/^timeStamp,elapsed,label,responseCode/)
    expect(jtl).toContain('"GET /a,b",200')
    expect(html).toMatch(/^<!doctype html>/i)
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)=/)
    expect(xml).toContain('<testsuites tests="3" failures="0"')
    const compared = await hotlane(['verify', 'compare', 'r.json', 'r.json'], app.directory)
    expect([compared.code, compared.stdout]).toEqual([0, expect.stringContaining('1.00 x')])
    const told = await hotlane(['verify', 'compare', 'r.json', 'r.json', '--json'], app.directory)
    expect(JSON.parse(told.stdout)).toMatchObject({ lost: [0, 0], twice: [null, null] })
    expect((await hotlane(['verify', 'compare', 'r.json', 'r.xml'], app.directory)).stderr).toContain('HL8004')
  })

  it('finds the highest rate that holds', async () => {
    await using server = await flawed(() => 'none')
    const words = ['verify', server.url, '--find-p99', '60s', '--rate', '50..200', '--duration', '200ms', '--json']
    const { code, stdout } = await hotlane(words, process.cwd())
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { highest: 200, trials: [{ rate: 50 }, { rate: 100 }, { rate: 200 }] },
    ])
  })

  it.each([
    [['http://example.invalid/'], 'HL8001'],
    [['http://192.0.2.1/', '--rate', '5'], 'up to 5 requests per second'],
    [['ftp://127.0.0.1/'], 'HL7001'],
    [['http://127.0.0.1:1/'], 'HL8002'],
    [['http://127.0.0.1:1/', '--path', 'orders'], '--path should be'],
    [['http://127.0.0.1:1/', '-H', 'x'], '--header should be'],
    [['http://127.0.0.1:1/', '-o', 'r.pdf'], '--output r.pdf'],
    [['http://127.0.0.1:1/', '--during', 'x', '--deploys', '1'], 'exclude each other'],
    [['http://127.0.0.1:1/', '--deploys', '2'], 'HL7003'],
    [[], 'HL7003'],
  ])('does nothing with %j but say %s', async (words, text) => {
    await using app = await workspace({})
    const { code, stderr } = await hotlane(['verify', ...words], app.directory)
    expect([code, stderr]).toEqual([2, expect.stringContaining(text)])
  })

  it('stops at its most requests', async () => {
    await using server = await flawed(() => 'none')
    const { report } = await verify([server.url, '--rate', '500', '--duration', '60s', '--max-requests', '37'])
    expect(report.phases[0]?.requests).toBe(37)
    expect(server.executed).toHaveLength(37)
  })
})

import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { makeTree } from '../../../test/support/tree.ts'
import type { Check } from '../../model/plan.ts'
import { runCheck, runChecks } from './check.ts'
import type { CheckContext } from './check-context.ts'

const never = new AbortController().signal

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function serve(listener: RequestListener): Promise<number> {
  return listen(createServer({ keepAlive: false }, listener))
}

async function contextAt(port: number, change: Partial<CheckContext> = {}): Promise<CheckContext> {
  const directory = await makeTree()
  return {
    service: 'orders',
    release: 7,
    candidate: { host: '127.0.0.1', port },
    directory,
    env: { PATH: process.env['PATH'] ?? '' },
    processes: await makeTree(),
    ...change,
  }
}

describe('an HTTP check', () => {
  const http = { kind: 'http', name: 'health', path: '/health?full', expectStatus: [], timeoutMs: 30_000 } as const

  it.each([
    [{}, 200, 'pass', 'health: GET /health?full was answered with 200'],
    [{}, 302, 'pass', 'health: GET /health?full was answered with 302'],
    [{}, 404, 'fail', 'health: GET /health?full was answered with 404, expected 200 to 399'],
    [{ expectStatus: [401, 403] }, 403, 'pass', 'health: GET /health?full was answered with 403'],
    [{ expectStatus: [401, 403] }, 200, 'fail', 'health: GET /health?full was answered with 200, expected 401 or 403'],
    [{ expectText: '"schön"' }, 200, 'pass', 'health: GET /health?full was answered with 200'],
    [{ expectText: 'bad' }, 200, 'fail', 'health: GET /health?full was answered with 200, but without "bad"'],
  ] as const)('with %j of an answer %d: %s', async (change, status, verdict, text) => {
    const asked: string[] = []
    const port = await serve((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.host}`)
      response.writeHead(status, { location: '/' }).end('all is "schön"')
    })
    expect(await runCheck({ ...http, ...change }, await contextAt(port), never)).toEqual({
      name: 'health',
      verdict,
      text,
    })
    expect(asked).toEqual([`GET /health?full 127.0.0.1:${port}`])
  })

  it('fails where nobody answers', async () => {
    const port = await listen(createTcpServer((socket) => socket.destroy()))
    expect(await runCheck(http, await contextAt(port), never)).toMatchObject({
      verdict: 'fail',
      text: 'health: GET /health?full got no answer: socket hang up',
    })
  })

  it('fails where the answer does not end in time', async () => {
    const port = await serve((_request, response) => void response.write('so far'))
    const finding = await runCheck({ ...http, timeoutMs: 50 }, await contextAt(port), never)
    expect(finding).toMatchObject({ verdict: 'fail', text: expect.stringContaining('no whole answer within 50 ms') })
  })

  it('reads no more of a body than it has room for', async () => {
    const port = await serve((_request, response) => {
      const fill = (): void => {
        while (response.write(Buffer.alloc(65_536)));
      }
      response.on('drain', fill)
      fill()
    })
    expect(await runCheck({ ...http, expectText: 'end' }, await contextAt(port), never)).toMatchObject({
      verdict: 'fail',
    })
  })

  it('ends with an abort', async () => {
    const stop = new AbortController()
    const port = await serve(() => stop.abort(new Error('stop')))
    await expect(runCheck(http, await contextAt(port), stop.signal)).rejects.toThrow('stop')
    await expect(runCheck(http, await contextAt(port), stop.signal)).rejects.toThrow('stop')
  })
})

describe('a command check', () => {
  const command = (line: string, timeoutMs = 30_000): Check => ({
    kind: 'command',
    name: 'tokens',
    command: { kind: 'shell', line },
    timeoutMs,
  })

  it.each([
    ['true', 'pass', 'tokens: exit code 0'],
    ['echo one; echo; echo "two of them" >&2; echo; exit 3', 'fail', 'tokens: exit code 3, two of them'],
    ['echo told; echo exit status 1 >&2; exit 1', 'fail', 'tokens: exit code 1, told'],
    ['echo not yet; exit 75', 'no data', 'tokens: exit code 75, not yet'],
    ['kill -9 $$', 'fail', 'tokens: signal SIGKILL'],
  ])('%s: %s', async (line, verdict, text) => {
    expect(await runCheck(command(line), await contextAt(1), never)).toEqual({ name: 'tokens', verdict, text })
  })

  it('sees what it is to check', async () => {
    const line = 'echo "$HOTLANE_SERVICE $HOTLANE_RELEASE $HOTLANE_CANDIDATE_URL ${HOTLANE_STABLE_URL-none} $OWN"'
    const env = { PATH: process.env['PATH'] ?? '', OWN: 'own', HOTLANE_STABLE_URL: 'http://other' }
    const first = await contextAt(4000, { env })
    expect((await runCheck(command(line), first, never)).text).toContain('orders 7 http://127.0.0.1:4000 none own')
    const next = { ...first, stable: { host: '::1', port: 5000 } }
    expect((await runCheck(command(line), next, never)).text).toContain('http://127.0.0.1:4000 http://[::1]:5000 own')
  })

  it('fails when it takes too long, and ends with all that it has started', async () => {
    const context = await contextAt(1)
    const finding = await runCheck(command('echo waiting; sleep 600 & wait', 300), context, never)
    expect(finding).toMatchObject({ verdict: 'fail', text: expect.stringContaining('not done within 300 ms') })
    expect(readdirSync(context.processes)).toEqual([])
  })

  it('is an error where it cannot be run', async () => {
    const check: Check = {
      kind: 'command',
      name: 'tokens',
      command: { kind: 'argv', argv: ['./absent'] },
      timeoutMs: 30_000,
    }
    const finding = await runCheck(check, await contextAt(1), never)
    expect(finding).toMatchObject({ verdict: 'error', text: expect.stringContaining('./absent') })
  })

  it('ends with an abort', async () => {
    const stop = new AbortController()
    const port = await serve(() => stop.abort(new Error('stop')))
    const line = `node -e 'fetch(process.env.HOTLANE_CANDIDATE_URL)'; sleep 600`
    await expect(runCheck(command(line), await contextAt(port), stop.signal)).rejects.toThrow('stop')
  })
})

describe('a Prometheus check', () => {
  const check = { kind: 'prometheus', name: 'rate', query: 'sum(rate(x{a="b"}[1m]))', timeoutMs: 30_000 } as const
  const success = (resultType: string, result: unknown) =>
    JSON.stringify({ status: 'success', data: { resultType, result } })
  const vector = (...values: readonly string[]) =>
    success(
      'vector',
      values.map((value) => ({ metric: {}, value: [1.5, value] })),
    )
  const refusal = JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse error' })

  it.each([
    [{ most: 0.5 }, 200, vector('0.25'), 'pass', '0.25'],
    [{ most: 0.5 }, 200, vector('0.75'), 'fail', '0.75, at most 0.5 is allowed'],
    [{ least: 1, most: 2 }, 200, success('scalar', [1, '0']), 'fail', '0, at least 1 is needed'],
    [{ least: 1 }, 200, success('scalar', [1, '1']), 'pass', '1'],
    [{ most: 1 }, 200, vector('+Inf'), 'fail', 'Infinity, at most 1 is allowed'],
    [{ least: 1 }, 200, vector('-Inf'), 'fail', '-Infinity, at least 1 is needed'],
    [{ most: 1 }, 200, vector('NaN'), 'no data', 'the query found NaN'],
    [{ most: 1 }, 200, vector(), 'no data', 'the query found nothing'],
    [{ most: 1 }, 200, vector('0', '0'), 'error', 'the query found 2 samples instead of one: aggregate them'],
    [
      { most: 1 },
      200,
      success('vector', [{ metric: {}, histogram: [1, {}] }]),
      'error',
      'the query found a histogram instead of a number',
    ],
    [{ most: 1 }, 200, success('matrix', []), 'error', 'the query found a matrix instead of a number'],
    [{ most: 1 }, 400, refusal, 'error', 'bad_data: parse error'],
    [{ most: 1 }, 502, '<html>', 'error', 'the server answered with 502 and no result of an instant query'],
    [
      { most: 1 },
      200,
      '{"status":"success"}',
      'error',
      'the server answered with 200 and no result of an instant query',
    ],
    [{}, 200, vector('1'), 'error', '1, but it is not said what is at least or at most allowed'],
  ] as const)('%j of an answer %d %s: %s', async (change, status, body, verdict, text) => {
    const asked: string[] = []
    const port = await serve((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://prometheus')
      asked.push(`${request.method} ${pathname} ${searchParams.get('query')}`)
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    })
    const url = `http://127.0.0.1:${port}/prometheus/`
    const finding = await runCheck({ ...check, ...change, url }, await contextAt(1), never)
    expect(finding).toEqual({ name: 'rate', verdict, text: `rate: ${text}` })
    expect(asked).toEqual([`GET /prometheus/api/v1/query ${check.query}`])
  })

  it('is an error where the server does not answer', async () => {
    const port = await listen(createTcpServer((socket) => socket.destroy()))
    const finding = await runCheck({ ...check, url: `http://127.0.0.1:${port}` }, await contextAt(1), never)
    expect(finding).toEqual({ name: 'rate', verdict: 'error', text: 'rate: socket hang up' })
  })

  const hasOpenssl = spawnSync('openssl', ['version']).status === 0
  it.skipIf(!hasOpenssl)('asks over TLS, and says why it does not trust', async () => {
    const keys = await makeTree()
    const [key, cert] = [path.join(keys, 'key.pem'), path.join(keys, 'cert.pem')]
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert]
    const named = ['-subj', '/CN=prometheus', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', '-days', '2', ...made, ...named], { stdio: 'pipe' })
    const pair = { key: readFileSync(key), cert: readFileSync(cert) }
    const port = await listen(createSecureServer(pair, (_request, response) => response.end(vector('1'))))
    const secure = { ...check, most: 2, url: `https://127.0.0.1:${port}` }
    const finding = await runCheck(secure, await contextAt(1), never)
    expect(finding).toEqual({ name: 'rate', verdict: 'error', text: 'rate: self-signed certificate' })
  })
})

it('makes checks side by side, and tells them in their order', async () => {
  const waiting: (() => void)[] = []
  const port = await serve((_request, response) => {
    waiting.push(() => response.end())
    if (waiting.length === 2) for (const answer of waiting) answer()
  })
  const http = { kind: 'http', path: '/', expectStatus: [], timeoutMs: 30_000 } as const
  const checks = [
    { ...http, name: 'one' },
    { ...http, name: 'two' },
  ]
  const findings = await runChecks(checks, await contextAt(port), never)
  expect(findings.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['one pass', 'two pass'])
})

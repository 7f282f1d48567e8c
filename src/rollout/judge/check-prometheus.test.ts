import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import path from 'node:path'

import { describe, expect, it } from 'vitest'

import { contextAt, listen, never, serve } from '../../../test/rollout/check-place.ts'
import { makeTree } from '../../../test/support/tree.ts'
import { runCheck } from './check.ts'

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

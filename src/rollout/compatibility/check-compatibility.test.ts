import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { makeTree } from '../../../test/support/tree.ts'
import type { CompatibilitySettings } from '../../model/plan.ts'
import type { RecordedRequest } from '../../model/recorded.ts'
import type { ListenAddress } from '../../model/service.ts'
import { checkCompatibility, type CompatibilityContext } from './check-compatibility.ts'

const never = new AbortController().signal
const settings: CompatibilitySettings = {
  checks: [],
  replay: { requests: 100, redact: [], ignore: [] },
  otherwise: 'abort',
}

type App = (request: IncomingMessage, response: ServerResponse) => unknown

async function serve(app: App): Promise<ListenAddress> {
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

const get = (target: string): RecordedRequest => ({ method: 'GET', target, fields: { host: 'shop.test' } })

function json(response: ServerResponse, value: unknown, type = 'application/json; charset=utf-8'): void {
  response.writeHead(200, { 'content-type': type }).end(JSON.stringify(value))
}

async function contextOf(stable: App, trial: App, recorded: readonly RecordedRequest[]): Promise<CompatibilityContext> {
  return {
    service: 'orders',
    release: 2,
    candidate: await serve(trial),
    stable: await serve(stable),
    directory: await makeTree(),
    env: {},
    processes: await makeTree(),
    recorded,
  }
}

async function texts(stable: App, trial: App, recorded: readonly RecordedRequest[]): Promise<readonly string[]> {
  const findings = await checkCompatibility(settings, await contextOf(stable, trial, recorded), never)
  return findings.map(({ verdict, text }) => `${verdict} | ${text}`)
}

describe('a replay', () => {
  it('passes what is answered alike, whatever the values', async () => {
    const app =
      (release: number): App =>
      (_request, response) =>
        json(
          response,
          { release, at: Date.now() },
          release === 1 ? 'application/json' : 'Application/JSON;charset=utf-8',
        )
    expect(await texts(app(1), app(2), [get('/a'), get('/b')])).toEqual(['pass | replay: 2 requests answered alike'])
  })

  it('tells every way in which answers are incompatible', async () => {
    const old: App = ({ url }, response) => {
      if (url === '/page') response.setHeader('content-type', 'text/html').end('<p>')
      else json(response, { id: 1, total: 2 })
    }
    const young: App = ({ url }, response) => {
      if (url === '/gone') response.writeHead(404).end()
      else if (url === '/broken') response.setHeader('content-type', 'application/json').end('{')
      else if (url === '/cut') response.destroy()
      else if (url === '/orders/1') json(response, { id: '1', sum: 2 })
      else json(response, { id: 1, total: 2, more: true })
    }
    const recorded = ['/page', '/gone', '/broken', '/cut', '/orders/1', '/good'].map(get)
    expect(await texts(old, young, recorded)).toEqual([
      'fail | replay: 5 of 6 requests answered differently',
      'fail | GET /page: was text/html and is application/json',
      'fail | GET /gone: was answered with 200 and is with 404',
      'fail | GET /broken: was JSON and cannot be read as JSON',
      'fail | GET /cut: got no answer: socket hang up',
      'fail | GET /orders/1: /id was a number and is a string; /total is missing',
    ])
  })

  it('does not hold against a release what varies by itself', async () => {
    let turn = 0
    const varying: App = ({ url }, response) => {
      turn++
      if (url === '/status') response.writeHead(turn % 2 === 0 ? 200 : 204).end()
      else if (url === '/type') json(response, {}, turn % 2 === 0 ? 'application/json' : 'application/problem+json')
      else json(response, turn % 2 === 0 ? { id: 1, note: 'x' } : { id: 1 })
    }
    const plain: App = (_request, response) => json(response, { id: 1 })
    for (const target of ['/status', '/type', '/note']) {
      turn = 0
      const found = await texts(varying, plain, [get(target)])
      const expected =
        target === '/status'
          ? 'no data | replay: none of 1 request could be compared'
          : 'pass | replay: 1 request answered alike'
      expect([target, ...found]).toEqual([target, expected])
    }
  })

  it('leaves out what the old release does not answer well', async () => {
    const old: App = ({ url }, response) => {
      if (url === '/cut') response.destroy()
      else response.writeHead(url === '/a' ? 200 : 401).end()
    }
    const young: App = ({ url }, response) => (url === '/private' ? response.destroy() : response.end())
    expect(await texts(old, young, [get('/a'), get('/private'), get('/cut')])).toEqual([
      'pass | replay: 1 request answered alike, 2 left out that stable does not answer alike',
    ])
    expect(await texts(old, young, [get('/private')])).toEqual([
      'no data | replay: none of 1 request could be compared',
    ])
  })

  it('sends what was recorded, exactly, and nothing but GET and HEAD', async () => {
    const asked: string[] = []
    const app: App = ({ method, url, headers }, response) => {
      asked.push(`${method} ${url} ${headers.host} ${headers['accept']} ${headers.connection}`)
      response.end()
    }
    const fields = { host: 'shop.test', accept: 'text/html' }
    const odd = { method: 'POST' as never, target: '/pay', fields }
    const recorded: readonly RecordedRequest[] = [{ method: 'HEAD', target: '/a/../b?c=%2F&d=|', fields }, odd]
    expect(await texts(app, app, recorded)).toEqual(['pass | replay: 1 request answered alike'])
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'HEAD /a/../b?c=%2F&d=| shop.test text/html close'))
  })

  it('puts only the newest request of each shape', async () => {
    const asked: string[] = []
    const app: App = ({ url = '' }, response) => {
      asked.push(url)
      response.end()
    }
    await texts(app, app, [get('/orders/1'), get('/orders/2')])
    expect(new Set(asked)).toEqual(new Set(['/orders/2']))
  })

  it('is no data where nothing was recorded', async () => {
    const app: App = (_request, response) => response.end()
    expect(await texts(app, app, [])).toEqual(['no data | replay: no request has been recorded yet'])
  })

  it('is made only where it is asked for and there is an older release', async () => {
    const app: App = (_request, response) => response.end()
    const context = await contextOf(app, app, [get('/a')])
    expect(await checkCompatibility({ checks: [], otherwise: 'abort' }, context, never)).toEqual([])
    const { stable: _none, ...first } = context
    expect(await checkCompatibility(settings, first, never)).toEqual([])
  })

  it('bounds what it tells', async () => {
    const members = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`m${index}`, 1]))
    const old: App = (_request, response) => json(response, members)
    const recorded = Array.from({ length: 30 }, (_, index) => get(`/p${'x'.repeat(index)}`))
    const found = await texts(old, (_request, response) => json(response, {}), recorded)
    expect(found).toHaveLength(21)
    expect(found[0]).toBe('fail | replay: 30 of 30 requests answered differently')
    expect(found[1]).toMatch(/^fail \| GET \/p: \/m0 is missing; .*; and 4 more$/)
  })

  it('ends with an abort', async () => {
    const stop = new AbortController()
    const context = await contextOf(
      () => stop.abort(new Error('stop')),
      () => undefined,
      [get('/a')],
    )
    await expect(checkCompatibility(settings, context, stop.signal)).rejects.toThrow('stop')
  })
})

it('makes the checks of the settings against the new instance', async () => {
  const http = { kind: 'http', name: 'health', path: '/health', expectStatus: [204], timeoutMs: 30_000 } as const
  const answer =
    (status: number): App =>
    (_request, response) =>
      response.writeHead(status).end()
  const context = await contextOf(answer(500), answer(204), [])
  expect(await checkCompatibility({ checks: [http], otherwise: 'abort' }, context, never)).toEqual([
    { name: 'health', verdict: 'pass', text: 'health: GET /health was answered with 204' },
  ])
})

it('takes a check that cannot tell before traffic for an error', async () => {
  const app: App = (_request, response) =>
    json(response, { status: 'success', data: { resultType: 'vector', result: [] } })
  const context = await contextOf(app, app, [])
  const url = `http://127.0.0.1:${context.candidate.port}`
  const check = { kind: 'prometheus', name: 'rate', url, query: 'x', most: 1, timeoutMs: 30_000 } as const
  expect(await checkCompatibility({ checks: [check], otherwise: 'abort' }, context, never)).toEqual([
    { name: 'rate', verdict: 'error', text: 'rate: the query found nothing' },
  ])
})

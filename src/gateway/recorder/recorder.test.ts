import { request, type OutgoingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'

import { expect, test } from 'vitest'

import { Stage, targetAt } from '../../../test/conformance/gateway/stage.ts'
import type { RecordSettings } from '../../model/recorded.ts'
import type { TableEntry } from '../../model/table.ts'
import { createGateway } from '../create.ts'

const settings: RecordSettings = { requests: 3, redact: ['accept-language'], ignore: ['/internal'] }

interface Sent {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
}

/** A gateway before an app that answers with the status that the target asks for, and records as the settings say. */
async function open(stage: Stage): Promise<TableEntry> {
  const origin = await stage.httpOrigin((asked, response) => {
    const status = Number(new URL(asked.url ?? '', 'http://app').searchParams.get('status') ?? 200)
    if (asked.url === '/events') response.setHeader('content-type', 'text/event-stream')
    if (asked.url === '/cut') response.writeHead(200, { 'content-length': 9 }).write('cut', () => response.destroy())
    else response.writeHead(status).end('{}')
  })
  const state = { kind: 'serve', release: 1, targets: [targetAt(origin.port)] } as const
  const canary = { kind: 'serve', release: 2, targets: [targetAt(origin.port, 2)] } as const
  return {
    ...stage.entry(state),
    lanes: [
      { name: 'stable', state },
      { name: 'canary', state: canary },
    ],
    rules: [{ lane: 'canary', kind: 'header', name: 'version', value: 'beta' }],
  }
}

async function send(stage: Stage, target: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<void> {
  const { host, port } = stage.address
  const sent = request({ host, port, method, path: target, headers, agent: false })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.on('error', () => undefined).resume()
  await new Promise((resolve) => response.once('close', resolve))
}

const targetsOf = (stage: Stage): readonly string[] =>
  stage.gateway.recorded('shop').map(({ method, target }) => `${method} ${target}`)

test('safe requests that stable answered well are kept, without what tells who asks', async () => {
  await using stage = await Stage.open(createGateway)
  stage.gateway.install({ entries: [{ ...(await open(stage)), record: settings }] })
  const headers = {
    host: 'shop.test',
    accept: 'text/html',
    'accept-language': 'de',
    cookie: 'sid=1',
    authorization: 'x',
  }
  await send(stage, '/orders/1?page=2', { headers: { ...headers, 'x-api-key': '1', 'x-custom': '2' } })
  await send(stage, '/head', { method: 'HEAD' })
  const [first, second, ...others] = stage.gateway.recorded('shop')
  expect(others).toEqual([])
  expect(first).toEqual({
    method: 'GET',
    target: '/orders/1?page=2',
    fields: { host: 'shop.test', accept: 'text/html', 'x-forwarded-host': 'shop.test', 'x-forwarded-proto': 'http' },
  })
  expect(second).toMatchObject({ method: 'HEAD', target: '/head' })
})

test('other requests are not', async () => {
  await using stage = await Stage.open(createGateway)
  stage.gateway.install({ entries: [{ ...(await open(stage)), record: settings }] })
  await send(stage, '/a', { method: 'POST' })
  await send(stage, '/a', { method: 'OPTIONS' })
  await send(stage, '/a', { method: 'DELETE' })
  await send(stage, '/a', { headers: { 'content-length': 2 }, body: '{}' })
  await send(stage, '/a', { headers: { version: 'beta' } })
  await send(stage, '/a?status=404')
  await send(stage, '/a?status=500')
  await send(stage, '/a?token=1')
  await send(stage, '/internal/a')
  await send(stage, '/events')
  await send(stage, '/cut')
  expect(targetsOf(stage)).toEqual([])
  await send(stage, '/a?status=302')
  expect(targetsOf(stage)).toEqual(['GET /a?status=302'])
})

test('one of each shape is kept, and no more than asked for', async () => {
  await using stage = await Stage.open(createGateway)
  stage.gateway.install({ entries: [{ ...(await open(stage)), record: settings }] })
  for (const target of ['/a/1', '/a/2', '/b', '/a/3', '/c', '/b', '/d']) await send(stage, target)
  expect(targetsOf(stage)).toEqual(['GET /b', 'GET /c', 'GET /d'])
})

test('nothing is kept without being asked for, nor longer than that', async () => {
  await using stage = await Stage.open(createGateway)
  const entry = await open(stage)
  stage.gateway.install({ entries: [entry] })
  await send(stage, '/a')
  expect(targetsOf(stage)).toEqual([])
  stage.gateway.install({ entries: [{ ...entry, record: settings }] })
  await send(stage, '/a')
  stage.gateway.install({ entries: [{ ...entry, record: { ...settings } }] })
  expect(targetsOf(stage)).toEqual(['GET /a'])
  stage.gateway.install({ entries: [{ ...entry, record: { ...settings, redact: ['page'] } }] })
  expect(targetsOf(stage)).toEqual([])
  await send(stage, '/a')
  stage.gateway.install({ entries: [entry] })
  stage.gateway.install({ entries: [{ ...entry, record: settings }] })
  expect(targetsOf(stage)).toEqual([])
})

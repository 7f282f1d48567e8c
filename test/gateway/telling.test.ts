import { expect, test } from 'vitest'

import type { AccessRecord } from '../../src/gateway/access-log.ts'
import { createGateway } from '../../src/gateway/create.ts'
import { countOf, quantile } from '../../src/gateway/histogram.ts'
import { valueOf } from '../conformance/gateway/peer.ts'
import type { LaneState, Split } from '../../src/model/table.ts'
import { Stage, targetAt, until } from '../conformance/gateway/stage.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

test('the access log tells each request with the identifiers that the app got', async () => {
  const records: AccessRecord[] = []
  const accessLog = { sample: 1, write: (record: AccessRecord) => void records.push(record) }
  await using stage = await Stage.open(createGateway, { tellRelease: true, accessLog })
  const origin = await stage.rawOrigin()
  const target = stage.serve(origin.port)
  const client = await stage.client()
  client.send(get('/a?b=c'))
  const seen = await (await origin.accept()).head()
  client.socket.destroy()
  await until(() => records.length === 1)
  const [record] = records
  expect(record).toMatchObject({ service: 'shop', release: 1, target: target.id, method: 'GET', path: '/a?b=c' })
  expect(record).toMatchObject({ status: 0, complete: false, peer: '127.0.0.1', host: 'a.test' })
  expect(record?.requestId).toBe(valueOf(seen, 'x-request-id'))
  expect(valueOf(seen, 'traceparent')).toContain(record?.traceId)
})

test('a sample of nothing still tells what went wrong', async () => {
  const records: AccessRecord[] = []
  const accessLog = { sample: 0, write: (record: AccessRecord) => void records.push(record) }
  await using stage = await Stage.open(createGateway, { tellRelease: true, accessLog })
  const origin = await stage.rawOrigin()
  stage.serve(origin.port)
  const client = await stage.client()
  client.send(get('/fine'))
  const upstream = await origin.accept()
  await upstream.head()
  upstream.send(ok)
  await client.message()
  stage.install({ kind: 'refuse', why: 'broken' })
  client.send(get('/refused'))
  await client.message()
  expect(records.map(({ path, status }) => [path, status])).toEqual([['/refused', 503]])
})

test('counters tell bytes and latency', async () => {
  await using stage = await Stage.open(createGateway, { tellRelease: false })
  const origin = await stage.rawOrigin()
  stage.serve(origin.port)
  const client = await stage.client()
  client.send(get('/'))
  const upstream = await origin.accept()
  await upstream.head()
  upstream.send(ok)
  await client.message()
  const { bytesIn, bytesOut, resets } = stage.gateway.counters('shop')
  expect(bytesIn).toBeGreaterThan(get('/').length)
  expect(bytesOut).toBeGreaterThanOrEqual(ok.length)
  expect(resets).toBe(0)
  const latency = stage.gateway.latency('shop')
  expect(countOf(latency)).toBe(1)
  expect(quantile(latency, 0.5)).toBeGreaterThan(0)
})

test('connections beyond a bound are closed as they come, and room is given back', async () => {
  await using stage = await Stage.open(createGateway, { tellRelease: false, maxConnectionsPerAddress: 1 })
  const first = await stage.client()
  first.send(get('/'))
  await first.message()
  const second = await stage.client()
  expect((await second.rest()).length).toBe(0)
  first.socket.destroy()
  await first.closed
  let served = false
  while (!served) {
    const third = await stage.client()
    third.send(get('/'))
    served = await third.message().then(
      () => true,
      () => false,
    )
  }
})

test('the access log names lane and release; behind TLS of a trusted proxy the cookie of a bucket is for TLS only', async () => {
  const records: AccessRecord[] = []
  const accessLog = { sample: 1, write: (record: AccessRecord) => void records.push(record) }
  await using stage = await Stage.open(createGateway, { tellRelease: false, accessLog, trustedProxies: ['127.0.0.1'] })
  const origin = await stage.httpOrigin((_request, response) => response.end('ok'))
  const serve = (release: number): LaneState => ({ kind: 'serve', release, targets: [targetAt(origin.port, release)] })
  const lanes = [
    { name: 'stable', state: serve(1) },
    { name: 'canary', state: serve(2) },
  ] as const
  const split: Split = { shares: [{ lane: 'canary', basisPoints: 10_000 }], sticky: { kind: 'cookie' } }
  stage.gateway.install({ entries: [{ ...stage.entry(lanes[0].state), lanes, split }] })
  const client = await stage.client()
  client.send('GET / HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-Proto: https\r\n\r\n')
  const answer = await client.message()
  expect(valueOf(answer, 'set-cookie')).toMatch(/; Secure$/)
  expect(valueOf(answer, 'x-hotlane-lane')).toBeUndefined()
  await until(() => records.length === 1)
  expect(records[0]).toMatchObject({ lane: 'canary', release: 2 })
})

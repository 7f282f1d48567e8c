import { once } from 'node:events'
import { constants } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createGateway } from '../../src/gateway/create.ts'
import { valueOf, valuesOf } from '../conformance/gateway/peer.ts'
import { Stage, until, within } from '../conformance/gateway/stage.ts'
import { ask, http2To, replyOf } from './http2-client.ts'

const never = new AbortController().signal
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-h2-'))
})

afterAll(() => rm(directory, { recursive: true }))

/** Encrypted, or by prior knowledge. */
async function open(way: string): Promise<Stage> {
  const at = (name: string): string => path.join(directory, 'tls', name)
  const tls = { cert: at('a.crt'), key: at('a.key'), development: true }
  return way === 'over TLS' ? Stage.open(createGateway, { tellRelease: true }, tls) : Stage.open(createGateway)
}

describe.each(['over TLS', 'by prior knowledge'])('HTTP/2 %s', (way) => {
  test('a request reaches an app of HTTP/1.1 as one, with what a gateway adds', async () => {
    await using stage = await open(way)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const session = await http2To(stage)
    const fields = { ':path': '/a?b=%20', cookie: ['a=1', 'b=2'], 'x-many': ['1', '2'], te: 'trailers' }
    const reply = ask(session, { ...fields, 'X-Forwarded-For': '6.6.6.6' })
    const upstream = await origin.accept()
    const seen = await upstream.message()
    upstream.send(
      'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-A: 1\r\nX-A: 2\r\nKeep-Alive: timeout=9\r\nContent-Length: 2\r\n\r\nok',
    )
    const { status, headers, body, code } = await reply
    expect(seen.startLine).toBe('GET /a?b=%20 HTTP/1.1')
    expect(valueOf(seen, 'host')).toBe(`127.0.0.1:${stage.address.port}`)
    expect(valuesOf(seen, 'cookie')).toEqual(['a=1; b=2'])
    expect(valuesOf(seen, 'x-many')).toEqual(['1', '2'])
    expect(valuesOf(seen, 'te')).toEqual(['trailers'])
    expect(valuesOf(seen, 'x-forwarded-for')).toEqual(['127.0.0.1'])
    expect(valuesOf(seen, 'x-forwarded-proto')).toEqual([way === 'over TLS' ? 'https' : 'http'])
    expect(valueOf(seen, 'traceparent')).toMatch(/^00-/)
    expect([status, body.toString(), code]).toEqual([200, 'ok', 0])
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(headers['x-a']).toBe('1, 2')
    expect(headers['keep-alive']).toBeUndefined()
    expect(headers['x-hotlane-release']).toBe('1')
    await until(() => stage.gateway.counters('shop').bytesOut > 0)
    expect(stage.gateway.counters('shop')).toMatchObject({ requests: 1, inFlight: 0, lost: 0 })
  })

  test('bodies, interim answers and trailers pass both ways', async () => {
    await using stage = await open(way)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const session = await http2To(stage)
    const stream = session.request({ ':method': 'POST', expect: '100-continue' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
    const reply = replyOf(stream)
    const upstream = await origin.accept()
    const head = await upstream.head()
    expect(valueOf(head, 'transfer-encoding')).toBe('chunked')
    upstream.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')
    stream.write('one')
    expect((await upstream.chunk()).toString()).toBe('one')
    stream.end('two')
    expect((await upstream.until('\r\n\r\n')).toString()).toBe('3\r\ntwo\r\n0\r\nx-sum: 7\r\n\r\n')
    upstream.send('HTTP/1.1 200 OK\r\nTrailer: X-End\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
    upstream.send('0\r\nX-End: yes\r\n\r\n')
    expect(await reply).toMatchObject({ status: 200, interim: [100, 103], trailers: { 'x-end': 'yes' }, code: 0 })
    expect((await reply).body.toString()).toBe('abc')
  })

  test('HEAD, an answer without a body, and one of the gateway end with their head', async () => {
    await using stage = await open(way)
    const app = await stage.httpOrigin((request, response) => {
      if (request.url === '/none') response.writeHead(204).end()
      else response.writeHead(200, { 'content-length': 5 }).end(request.method === 'HEAD' ? undefined : 'hello')
    })
    stage.serve(app.port, { path: '/app' })
    stage.serve(app.port)
    const session = await http2To(stage)
    const head = await ask(session, { ':method': 'HEAD' })
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '5', 0])
    expect(await ask(session, { ':path': '/none' })).toMatchObject({ status: 204, code: 0 })
    stage.install({ kind: 'refuse', why: 'it is broken' })
    const refused = await ask(session, { ':method': 'POST' }, 'x'.repeat(100))
    expect([refused.status, refused.code]).toEqual([503, 0])
    expect(refused.body.toString()).toContain('it is broken')
    const connect = await ask(session, { ':method': 'CONNECT', ':authority': 'a.test:80' })
    expect(connect.status).toBe(501)
  })

  test('what is malformed never reaches the app', async () => {
    await using stage = await open(way)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const session = await http2To(stage)
    const cases = [
      { ':path': '/a b' },
      { ':path': 'a' },
      { ':authority': 'a.test', host: 'other.test' },
      { ':method': 'G T' },
      { ':method': 'GET\r\n' },
    ]
    for (const headers of cases) {
      // Some of it is refused as a stream before it is a request.
      const { status, code } = await ask(session, headers).catch(() => ({ status: 400, code: 0 }))
      expect([JSON.stringify(headers), status === 400 || code === 1]).toEqual([JSON.stringify(headers), true])
    }
    expect(origin.connections()).toBe(0)
  })

  test('an answer that breaks off is seen to break off', async () => {
    await using stage = await open(way)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const session = await http2To(stage)
    const reply = ask(session, {})
    const upstream = await origin.accept()
    await upstream.head()
    upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
    upstream.socket.end()
    expect((await reply).code).toBe(2)
    expect(stage.gateway.counters('shop')).toMatchObject({ lost: 1, inFlight: 0 })
  })

  test('100 streams of one connection share a 16 MB download and its windows', async () => {
    await using stage = await open(way)
    const block = Buffer.alloc(160_000, 'x')
    const app = await stage.httpOrigin((request, response) => {
      if (request.url === '/stuck') response.write(block)
      else response.end(block)
    })
    stage.serve(app.port)
    const session = await http2To(stage)
    const stuck = session.request({ ':path': '/stuck' })
    await once(stuck, 'response')
    stuck.pause()
    const replies = await Promise.all(Array.from({ length: 99 }, () => ask(session, {})))
    expect(
      replies.filter(({ status, body, code }) => status === 200 && body.length === block.length && code === 0),
    ).toHaveLength(99)
    stuck.close(8)
    await until(() => stage.gateway.counters('shop').inFlight === 0)
  })

  test('an upload that the app does not take is held back, and the other streams go on', async () => {
    await using stage = await open(way)
    const slow = await stage.rawOrigin()
    const app = await stage.httpOrigin((_request, response) => response.end('ok'))
    stage.gateway.install({
      entries: [
        stage.entry(
          { kind: 'serve', release: 1, targets: [{ id: 'slow', host: '127.0.0.1', port: slow.port }] },
          { path: '/slow' },
        ),
        stage.entry(
          { kind: 'serve', release: 1, targets: [{ id: 'app', host: '127.0.0.1', port: app.port }] },
          { service: 'app' },
        ),
      ],
    })
    const session = await http2To(stage)
    const upload = session.request({ ':method': 'POST', ':path': '/slow' })
    const reply = replyOf(upload)
    const upstream = await slow.accept()
    await upstream.head()
    const size = 24_000_000
    upload.end(Buffer.alloc(size, 'u'))
    for (let round = 0; round < 20; round++) expect(await ask(session, {})).toMatchObject({ status: 200, code: 0 })
    let got = 0
    for (let part = await upstream.chunk(); part.length > 0; part = await upstream.chunk()) got += part.length
    expect(got).toBe(size)
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    expect((await reply).status).toBe(200)
  })

  test('a switch loses no request, and a drain waits for streams', async () => {
    await using stage = await open(way)
    const apps = await Promise.all(
      ['0', '1'].map((text) => stage.httpOrigin((_request, response) => response.end(text))),
    )
    const port = (index: number): number => apps[index % 2]?.port ?? 0
    let target = stage.serve(port(0))
    const session = await http2To(stage)
    const progress = { switches: 0 }
    let answers = 0
    const client = async (): Promise<void> => {
      while (progress.switches < 20) {
        const { status, code } = await ask(session, { ':method': 'POST' }, 'body')
        expect([status, code]).toEqual([200, 0])
        answers++
      }
    }
    const clients = Array.from({ length: 20 }, client)
    const drains: Promise<unknown>[] = []
    for (; progress.switches < 20; progress.switches++) {
      const goal = answers + 20
      await Promise.race([until(() => answers >= goal), Promise.all(clients)])
      const old = target
      target = stage.serve(port(progress.switches + 1), { release: progress.switches + 2 })
      drains.push(stage.gateway.drain(old.id, within(60_000), never))
    }
    await Promise.all(clients)
    await Promise.all(drains)
    expect(stage.gateway.counters('shop')).toMatchObject({ lost: 0, inFlight: 0, requests: answers })
  })

  test('a close of the gateway says so, and lets what is under way finish', async () => {
    await using stage = await open(way)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const session = await http2To(stage)
    const goaway = once(session, 'goaway')
    const reply = ask(session, {})
    const upstream = await origin.accept()
    await upstream.head()
    const closed = stage.gateway.close(60_000)
    await goaway
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast')
    expect((await reply).body.toString()).toBe('last')
    await closed
  })

  test('a request that crosses the word of a close is refused so that it can be sent again', async () => {
    await using stage = await open(way)
    const app = await stage.httpOrigin((_request, response) => response.end('ok'))
    stage.serve(app.port)
    const session = await http2To(stage)
    expect((await ask(session, {})).status).toBe(200)
    const goaway = once(session, 'goaway')
    const closed = stage.gateway.close(0)
    const { status, code } = await ask(session, {})
    expect([status, code]).toEqual([0, constants.NGHTTP2_REFUSED_STREAM])
    expect((await goaway).slice(0, 2)).toEqual([constants.NGHTTP2_NO_ERROR, 1])
    await closed
  })

  test('connections are limited, and an idle one is ended', async () => {
    await using limited = await Stage.open(
      createGateway,
      { tellRelease: true, maxConnections: 1, timeouts: { idleMs: 1 } },
      way === 'over TLS'
        ? { cert: path.join(directory, 'tls', 'a.crt'), key: path.join(directory, 'tls', 'a.key'), development: true }
        : undefined,
    )
    const app = await limited.httpOrigin((_request, response) => response.end('ok'))
    limited.serve(app.port)
    const session = await http2To(limited)
    const closed = once(session, 'close')
    expect((await ask(session, {})).status).toBe(200)
    const second = connectTcp(limited.address.port, limited.address.host)
    second.on('error', () => undefined)
    await once(second, 'close')
    await closed
    // The gateway may hear of the end a moment after its client.
    let third = await http2To(limited).catch(() => undefined)
    while (third === undefined) third = await http2To(limited).catch(() => undefined)
    expect((await ask(third, {})).status).toBe(200)
  })
})

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** A frame of stream 1 (RFC 9113 section 4.1). */
function frame(type: number, flags: number, payload: Buffer, stream = 1): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** `POST http://a/`, of which more is to come. */
const post = frame(1, 4, Buffer.from([0x83, 0x84, 0x86, 0x41, 1, 0x61]))
const data = frame(0, 0, Buffer.from('part'))

describe('a request of HTTP/2 that breaks off', () => {
  const endings: readonly (readonly [string, Buffer | undefined])[] = [
    ['with its connection', undefined],
    ...[0, 2, 8].map((code) => [`by a reset with code ${code}`, frame(3, 0, Buffer.from([0, 0, 0, code]))] as const),
  ]

  test.each(endings)('%s is no whole request for its app', async (_name, ending) => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const client = await stage.client()
    client.send(preface, frame(4, 0, Buffer.alloc(0), 0), post, data)
    const upstream = await origin.accept()
    await upstream.head()
    expect((await upstream.chunk()).toString()).toBe('part')
    if (ending === undefined) client.socket.destroy()
    else client.send(ending)
    expect((await upstream.rest()).toString()).toBe('')
    await until(() => stage.gateway.counters('shop').inFlight === 0)
    expect(stage.gateway.counters('shop')).toMatchObject({ requests: 1, lost: 0 })
  })

  test('streams without end that are opened and reset at once are answered with GOAWAY', async () => {
    await using stage = await Stage.open(createGateway)
    const app = await stage.httpOrigin((_request, response) => response.end('ok'))
    stage.serve(app.port)
    const client = await stage.client()
    client.send(preface, frame(4, 0, Buffer.alloc(0), 0))
    const get = Buffer.from([0x82, 0x84, 0x86, 0x41, 1, 0x61])
    for (let index = 0; index < 5000; index++) {
      const id = index * 2 + 1
      client.send(frame(1, 5, get, id), frame(3, 0, Buffer.from([0, 0, 0, 8]), id))
    }
    await client.until('\u0000\u0000\u0008\u0007\u0000\u0000\u0000\u0000\u0000')
    await until(() => stage.gateway.counters('shop').inFlight === 0)
    expect(stage.gateway.counters('shop').requests).toBeLessThan(5000)
  })
})

describe('the preface of HTTP/2', () => {
  test('is known in whatever pieces it comes', async () => {
    await using stage = await Stage.open(createGateway)
    for (let cut = 1; cut < preface.length; cut++) {
      const client = await stage.client()
      client.socket.setNoDelay(true)
      client.send(preface.slice(0, cut))
      await new Promise((resolve) => setImmediate(resolve))
      client.send(preface.slice(cut), Buffer.from('000000040000000000', 'hex'))
      // The gateway's settings, and its word that it has read the client's.
      expect((await client.exactly(9))[3]).toBe(4)
      client.socket.destroy()
    }
  })

  test('is none behind a request of HTTP/1.1', async () => {
    await using stage = await Stage.open(createGateway)
    const app = await stage.httpOrigin((_request, response) => response.end('ok'))
    stage.serve(app.port)
    const client = await stage.client()
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await client.message()
    client.send(preface)
    expect((await client.head()).startLine).toContain('505')
  })

  test('with something else behind it closes the connection', async () => {
    await using stage = await Stage.open(createGateway)
    const client = await stage.client()
    client.send('PRI * HTTP/2.0\r\nHost: a.test\r\n\r\n')
    expect((await client.rest()).includes('HTTP/1.1')).toBe(false)
  })
})

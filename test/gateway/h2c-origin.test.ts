import { once } from 'node:events'
import { constants, createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'

import { createGateway } from '../../src/gateway/create.ts'
import { statusOf, valueOf } from '../conformance/gateway/peer.ts'
import { freePort, Stage, until, within } from '../conformance/gateway/stage.ts'
import { ask, http2To } from './http2-client.ts'

const never = new AbortController().signal

interface Origin {
  readonly port: number
  readonly server: Http2Server
  readonly sessions: ServerHttp2Session[]
}

async function origin(
  stage: Stage,
  answer: (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void,
): Promise<Origin> {
  const server = createServer()
  const sessions: ServerHttp2Session[] = []
  server.on('session', (session) => sessions.push(session))
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined)
    answer(stream, headers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stage.defer(() => {
    server.close()
    for (const session of sessions) session.destroy()
  })
  return { port: (server.address() as AddressInfo).port, server, sessions }
}

function serve(stage: Stage, port: number, release = 1): string {
  const id = `${release}@${port}`
  stage.install({ kind: 'serve', release, targets: [{ id, host: '127.0.0.1', port, protocol: 'h2c' }] })
  return id
}

async function bodyOf(stream: ServerHttp2Stream): Promise<string> {
  const parts = (await stream.toArray()) as Buffer[]
  return Buffer.concat(parts).toString()
}

describe('an origin of HTTP/2', () => {
  test('gets requests of HTTP/1.1 clients, with bodies and trailers both ways', async () => {
    await using stage = await Stage.open(createGateway)
    let seen: Readonly<Record<string, unknown>> = {}
    let trailers: Readonly<Record<string, unknown>> = {}
    const { port } = await origin(stage, (stream, headers) => {
      seen = headers
      stream.on('trailers', (got) => (trailers = got))
      stream.additionalHeaders({ ':status': 103, link: '</a>' })
      void bodyOf(stream).then((body) => {
        stream.respond({ 'set-cookie': ['a=1', 'b=2'] }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'yes' }))
        stream.end(`got ${body}`)
      })
    })
    serve(stage, port)
    const client = await stage.client()
    client.send(
      'POST /a?b=1 HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nConnection: TE\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    client.send('3\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: 7\r\n\r\n')
    expect(statusOf(await client.head())).toBe(103)
    const answer = await client.message()
    expect([statusOf(answer), answer.body.toString(), answer.trailers]).toEqual([200, 'got onetwo', [['x-end', 'yes']]])
    expect(answer.fields.filter(([name]) => name === 'set-cookie')).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
    expect(seen).toMatchObject({
      ':method': 'POST',
      ':path': '/a?b=1',
      ':authority': 'a.test',
      te: 'trailers',
      'x-forwarded-for': '127.0.0.1',
    })
    expect(Object.keys(seen)).not.toContain('connection')
    expect(trailers).toMatchObject({ 'x-sum': '7' })
    client.send('HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    expect(statusOf(await client.head())).toBe(103)
    expect(statusOf(await client.message({ bodyless: true }))).toBe(200)
  })

  test('gets a request that it has refused once more, with what was sent of its body', async () => {
    await using stage = await Stage.open(createGateway)
    const bodies: string[] = []
    let refused = 0
    const { port } = await origin(stage, (stream) => {
      if (refused === 0) {
        stream.once('data', () => {
          refused++
          stream.close(constants.NGHTTP2_REFUSED_STREAM)
        })
        return
      }
      void bodyOf(stream).then((body) => {
        bodies.push(body)
        stream.respond({})
        stream.end('ok')
      })
    })
    serve(stage, port)
    const client = await stage.client()
    client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\n')
    client.send('abc')
    await until(() => refused === 1)
    client.send('def')
    expect(statusOf(await client.message())).toBe(200)
    expect(bodies).toEqual(['abcdef'])
    expect(stage.gateway.counters('shop')).toMatchObject({ retried: 1, lost: 0 })
  })

  test('is not asked for ever: a second refusal is 502', async () => {
    await using stage = await Stage.open(createGateway)
    let asked = 0
    const { port } = await origin(stage, (stream) => {
      asked++
      stream.close(constants.NGHTTP2_REFUSED_STREAM)
    })
    serve(stage, port)
    const session = await http2To(stage)
    expect(await ask(session, { ':method': 'POST' }, 'x')).toMatchObject({ status: 502, code: 0 })
    expect(asked).toBe(2)
  })

  test('gets a POST never twice that it may have executed', async () => {
    await using stage = await Stage.open(createGateway)
    let asked = 0
    const { port, sessions } = await origin(stage, (stream) => {
      asked++
      if (asked === 1) stream.close(constants.NGHTTP2_INTERNAL_ERROR)
      else for (const session of sessions) session.destroy()
    })
    serve(stage, port)
    const session = await http2To(stage)
    for (let round = 1; round <= 2; round++) {
      const { status, body } = await ask(session, { ':method': 'POST' }, 'x')
      expect([status, asked]).toEqual([502, round])
      expect(body.toString()).toContain('shop ended the connection')
    }
    expect(stage.gateway.counters('shop')).toMatchObject({ retried: 0, inFlight: 0 })
  })

  test('carries many requests on one connection, which a drain closes', async () => {
    await using stage = await Stage.open(createGateway)
    const answer = (stream: ServerHttp2Stream): void => {
      stream.respond({})
      stream.end('ok')
    }
    const old = await origin(stage, answer)
    const fresh = await origin(stage, answer)
    const id = serve(stage, old.port)
    const session = await http2To(stage)
    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 20 }, () => ask(session, {})))
    expect(old.sessions).toHaveLength(1)
    const [connection] = old.sessions
    const closed = connection === undefined ? Promise.reject(new Error('no connection')) : once(connection, 'close')
    serve(stage, fresh.port, 2)
    expect(await stage.gateway.drain(id, within(60_000), never)).toMatchObject({ inFlight: 0, ended: 0 })
    await closed
    expect(await ask(session, {})).toMatchObject({ status: 200, headers: { 'x-hotlane-release': '2' } })
  })

  test('that speaks HTTP/1.1 instead, or does not listen, is told to the client', async () => {
    await using stage = await Stage.open(createGateway)
    const app = await stage.httpOrigin((_request, response) => response.end('ok'))
    serve(stage, app.port)
    const session = await http2To(stage)
    expect((await ask(session, {})).status).toBe(502)
    const port = await freePort()
    serve(stage, port, 2)
    const held = ask(session, {})
    await until(() => stage.gateway.counters('shop').held === 1)
    stage.serve(app.port, { release: 3 })
    expect(await held).toMatchObject({ status: 200 })
  })

  test('whose answer breaks off breaks off for the client', async () => {
    await using stage = await Stage.open(createGateway)
    const { port } = await origin(stage, (stream) => {
      stream.respond({})
      stream.write('part', () => stream.session?.destroy())
    })
    serve(stage, port)
    const client = await stage.client()
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    const head = await client.head()
    expect(valueOf(head, 'transfer-encoding')).toBe('chunked')
    expect((await client.rest()).toString()).toBe('4\r\npart\r\n')
    expect(stage.gateway.counters('shop')).toMatchObject({ lost: 1, resets: 1, inFlight: 0 })
  })

  test('that stops reading holds its client back, and one that nobody reads is held back itself', async () => {
    await using stage = await Stage.open(createGateway)
    const size = 8_000_000
    let upload: ServerHttp2Stream | undefined
    let written = 0
    const { port } = await origin(stage, (stream, headers) => {
      if (headers[':method'] === 'POST') {
        upload = stream
        return
      }
      if (headers[':path'] === '/small') {
        stream.respond({})
        return void stream.end('small')
      }
      stream.respond({})
      const more = (): void => {
        while (written < size) {
          written += 100_000
          if (!stream.write(Buffer.alloc(100_000))) return void stream.once('drain', more)
        }
        stream.end()
      }
      more()
    })
    serve(stage, port)
    const reader = await stage.client()
    reader.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n')
    const writer = await stage.client()
    writer.send(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n`, Buffer.alloc(size))
    await until(() => upload !== undefined && written > 0)
    const session = await http2To(stage)
    // Others on the same connection to the origin are not held back.
    expect((await ask(session, { ':path': '/small' })).body.toString()).toBe('small')
    expect(written).toBeLessThan(size)
    upload?.resume()
    await once(upload as ServerHttp2Stream, 'end')
    upload?.respond({})
    upload?.end('got it')
    expect((await writer.message()).body.toString()).toBe('got it')
    expect((await reader.message()).body.length).toBe(size)
  })
})

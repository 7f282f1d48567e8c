import assert from 'node:assert/strict'
import { once } from 'node:events'

import { WebSocket, WebSocketServer } from 'ws'

import type { GatewayBehaviour } from './behaviour.ts'
import { statusOf, valueOf } from './peer.ts'
import { until, within, type Stage } from './stage.ts'

const handshake =
  'GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
const accepted = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Own: 1\r\n\r\n'

async function echo(stage: Stage, name: string): Promise<number> {
  const origin = await stage.httpOrigin((_request, response) => response.end(name))
  const sockets = new WebSocketServer({ server: origin.server })
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) =>
      socket.send(isBinary ? data : `${name}:${Buffer.from(data as Buffer).toString()}`),
    )
  })
  return origin.port
}

async function said(socket: WebSocket, text: string | Buffer): Promise<Buffer> {
  const answer = once(socket, 'message')
  socket.send(text)
  return (await answer)[0] as Buffer
}

export const upgradeBehaviours: readonly GatewayBehaviour[] = [
  {
    name: 'the handshake is passed with its fields, then bytes as they are, also those that came early',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send(`${handshake}early`)
      const upstream = await origin.accept()
      const head = await upstream.head()
      assert.equal(valueOf(head, 'upgrade'), 'websocket')
      assert.match(valueOf(head, 'connection') ?? '', /upgrade/i)
      assert.equal(valueOf(head, 'host'), 'a.test')
      upstream.send(`${accepted}first`)
      const answer = await client.head()
      assert.equal(statusOf(answer), 101)
      assert.equal(valueOf(answer, 'x-own'), '1')
      assert.match(valueOf(answer, 'connection') ?? '', /upgrade/i)
      assert.equal((await client.exactly(5)).toString(), 'first')
      assert.equal((await upstream.exactly(5)).toString(), 'early')
      assert.equal(stage.gateway.inFlight(target.id), 1)
      client.socket.destroy()
      await upstream.rest()
      upstream.socket.end()
      await until(() => stage.gateway.inFlight(target.id) === 0)
      const { lost, statusClasses } = stage.gateway.counters('shop')
      assert.deepEqual({ lost, ones: statusClasses[1] }, { lost: 0, ones: 1 })
    },
  },
  {
    name: 'an answer other than 101 is passed on',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(handshake)
      const upstream = await origin.accept()
      await upstream.head()
      upstream.send('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 3\r\n\r\nno!')
      const answer = await client.message()
      assert.equal(answer.startLine, 'HTTP/1.1 401 Unauthorized')
      assert.equal(answer.body.toString(), 'no!')
    },
  },
  {
    name: 'another protocol than WebSocket is spliced too, with half-closed ends',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: chat/1\r\n\r\n')
      const upstream = await origin.accept()
      assert.equal(valueOf(await upstream.head(), 'upgrade'), 'chat/1')
      upstream.send('HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat/1\r\nConnection: Upgrade\r\n\r\n')
      await client.head()
      client.socket.end('question')
      assert.equal((await upstream.rest()).toString(), 'question')
      upstream.socket.end('answer')
      assert.equal((await client.rest()).toString(), 'answer')
    },
  },
  {
    name: 'an offer of h2c is not taken: the request is served as it is, with its body, and the connection goes on',
    run: async (stage) => {
      const bodies: string[] = []
      const origin = await stage.httpOrigin((request, response) => {
        request.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
        request.on('end', () => response.end(request.headers.upgrade ?? 'plain'))
      })
      stage.serve(origin.port)
      const client = await stage.client()
      const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
      client.send(`POST / HTTP/1.1\r\nHost: a.test\r\n${offer}Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n`)
      await until(() => bodies.length === 1)
      client.send('0\r\n\r\n')
      assert.equal((await client.message()).body.toString(), 'plain')
      client.send(`GET / HTTP/1.1\r\nHost: a.test\r\n${offer}\r\n`)
      assert.equal((await client.message()).body.toString(), 'plain')
      assert.deepEqual(bodies, ['one'])
    },
  },
  {
    name: 'a WebSocket goes on through a switch, and gets close 1012 at the deadline of the drain',
    run: async (stage) => {
      const [old, fresh] = [await echo(stage, 'old'), await echo(stage, 'new')]
      const target = stage.serve(old)
      const socket = new WebSocket(`${stage.url.replace('http', 'ws')}/ws`)
      stage.defer(() => socket.terminate())
      await once(socket, 'open')
      assert.equal((await said(socket, 'a')).toString(), 'old:a')
      stage.serve(fresh, { release: 2 })
      const big = Buffer.alloc(3_000_000, 'x')
      assert.ok(big.equals(await said(socket, big)))
      const abort = new AbortController()
      const drained = stage.gateway.drain(target.id, within(3_600_000), abort.signal)
      const closed = once(socket, 'close')
      abort.abort()
      assert.equal((await closed)[0], 1012)
      assert.equal((await drained).ended, 1)
      assert.equal(stage.gateway.counters('shop').lost, 0)
      const second = new WebSocket(`${stage.url.replace('http', 'ws')}/ws`)
      stage.defer(() => second.terminate())
      await once(second, 'open')
      assert.equal((await said(second, 'b')).toString(), 'new:b')
    },
  },
  {
    name: 'streams are ended at their own limit while a request goes on',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const events = await stage.client()
      events.send('GET /events HTTP/1.1\r\nHost: a.test\r\n\r\n')
      const eventSource = await origin.accept()
      await eventSource.head()
      eventSource.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n')
      await events.head()
      assert.equal((await events.exactly(16)).toString('latin1'), 'b\r\ndata: one\n\n\r\n')
      const socket = await stage.client()
      socket.send(handshake)
      const upstream = await origin.accept()
      await upstream.head()
      upstream.send(accepted)
      await socket.head()
      const plain = await stage.client()
      plain.send('GET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n')
      const slow = await origin.accept()
      await slow.head()
      const drained = stage.gateway.drain(
        target.id,
        { requestsMs: 3_600_000, streamsMs: 0 },
        new AbortController().signal,
      )
      assert.equal((await socket.exactly(4)).readUInt16BE(2), 1012)
      socket.socket.destroy()
      assert.equal((await events.exactly(5)).toString('latin1'), '0\r\n\r\n')
      await until(() => stage.gateway.inFlight(target.id) === 1)
      slow.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone')
      assert.equal((await plain.message()).body.toString(), 'done')
      const { inFlight, ended } = await drained
      assert.deepEqual({ inFlight, ended }, { inFlight: 3, ended: 2 })
      assert.equal(stage.gateway.counters('shop').lost, 0)
    },
  },
  {
    name: 'the close frame waits for the end of the frame that is under way',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send(handshake)
      const upstream = await origin.accept()
      await upstream.head()
      upstream.send(accepted, Buffer.from([0x81, 4]), 'ab')
      await client.head()
      assert.deepEqual(await client.exactly(4), Buffer.from([0x81, 4, 97, 98]))
      const abort = new AbortController()
      const drained = stage.gateway.drain(target.id, within(3_600_000), abort.signal)
      abort.abort()
      upstream.send('cd', Buffer.from([0x81, 1]), 'z')
      const rest = await client.exactly(6)
      assert.deepEqual(rest.subarray(0, 4), Buffer.from([99, 100, 0x88, rest[3] ?? 0]))
      assert.equal(rest.readUInt16BE(4), 1012)
      client.socket.destroy()
      await drained
    },
  },
  {
    name: 'a held WebSocket handshake is answered after the switch; one that goes away leaves the queue',
    run: async (stage) => {
      stage.install({ kind: 'hold', why: 'restart' })
      const [stays, goes] = [await stage.client(), await stage.client()]
      stays.send(handshake)
      goes.send(handshake)
      await until(() => stage.gateway.counters('shop').held === 2)
      goes.socket.destroy()
      await until(() => stage.gateway.counters('shop').held === 1)
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const upstream = await origin.accept()
      await upstream.head()
      upstream.send(accepted)
      assert.equal(statusOf(await stays.head()), 101)
      assert.equal(origin.connections(), 1)
    },
  },
  {
    name: 'CONNECT is not served',
    run: async (stage) => {
      const client = await stage.client()
      client.send('CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n')
      assert.equal(statusOf(await client.message()), 501)
    },
  },
]

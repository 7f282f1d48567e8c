import assert from 'node:assert/strict'
import { once } from 'node:events'

import type { GatewayBehaviour } from './behaviour.ts'
import { statusOf } from './peer.ts'
import { until } from './stage.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`
const ok = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`

export const connectionBehaviours: readonly GatewayBehaviour[] = [
  {
    name: 'pipelined requests are answered in their order, whichever the app answers first',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/a') + get('/b') + get('/c'))
      const upstreams = [await origin.accept(), await origin.accept(), await origin.accept()]
      const heads = await Promise.all(upstreams.map((upstream) => upstream.head()))
      for (const index of [2, 1, 0]) upstreams[index]?.send(ok(heads[index]?.startLine.split(' ')[1] ?? ''))
      for (const path of ['/a', '/b', '/c']) assert.equal((await client.message()).body.toString(), path)
    },
  },
  {
    name: 'Connection: close of the client is honoured',
    run: async (stage) => {
      const origin = await stage.httpOrigin((_request, response) => response.end('bye'))
      stage.serve(origin.port)
      const client = await stage.client()
      client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n')
      assert.equal((await client.message()).body.toString(), 'bye')
      assert.equal((await client.rest()).length, 0)
    },
  },
  {
    name: 'a kept connection to the app is used again for GET',
    run: async (stage) => {
      const origin = await stage.httpOrigin((_request, response) => response.end('x'))
      stage.serve(origin.port)
      const client = await stage.client()
      for (let round = 0; round < 5; round++) {
        client.send(get('/'))
        await client.message()
      }
      assert.equal(origin.connections(), 1)
    },
  },
  {
    name: 'a GET whose kept connection is closed before any byte of an answer is sent again, once',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/1'))
      const first = await origin.accept()
      await first.head()
      first.send(ok('one'))
      await client.message()
      client.send(get('/2'))
      await first.head()
      first.socket.resetAndDestroy()
      const second = await origin.accept()
      assert.equal((await second.head()).startLine, 'GET /2 HTTP/1.1')
      second.send(ok('two'))
      assert.equal((await client.message()).body.toString(), 'two')
      const { retried, lost } = stage.gateway.counters('shop')
      assert.deepEqual({ retried, lost }, { retried: 1, lost: 0 })
    },
  },
  {
    name: 'a POST is never put on a kept connection that could be closed under it, and never sent twice',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      const kept = await origin.accept()
      await kept.head()
      kept.send(ok('one'))
      await client.message()
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\nx')
      const fresh = await origin.accept()
      assert.equal((await fresh.message()).body.toString(), 'x')
      fresh.socket.resetAndDestroy()
      assert.equal(statusOf(await client.message()), 502)
      client.send(get('/again'))
      assert.equal((await kept.head()).startLine, 'GET /again HTTP/1.1')
      kept.send(ok(''))
      await client.message()
      assert.equal(origin.connections(), 2)
      const { retried, lost } = stage.gateway.counters('shop')
      assert.deepEqual({ retried, lost }, { retried: 0, lost: 1 })
    },
  },
  {
    name: 'a POST from an origin that closes every connection after its answer is executed once, hundreds of times over',
    run: async (stage) => {
      let executed = 0
      const origin = await stage.httpOrigin((request, response) => {
        if (request.method === 'POST') executed++
        request.resume()
        request.on('end', () => {
          response.end('done')
          // What makes a kept connection stale just when the next request comes.
          response.once('finish', () => request.socket.end())
        })
      })
      stage.serve(origin.port)
      const client = await stage.client()
      for (let round = 0; round < 80; round++) {
        client.send(get('/'))
        assert.equal(statusOf(await client.message()), 200)
        client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\nx')
        assert.equal(statusOf(await client.message()), 200)
      }
      assert.equal(executed, 80)
    },
  },
  {
    name: 'an origin that dies before its answer makes 502, which is counted as lost',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      const upstream = await origin.accept()
      await upstream.head()
      upstream.socket.destroy()
      const answer = await client.message()
      assert.equal(statusOf(answer), 502)
      assert.match(answer.body.toString(), /shop/)
      const { lost, statusClasses } = stage.gateway.counters('shop')
      assert.deepEqual({ lost, fives: statusClasses[5] }, { lost: 1, fives: 1 })
    },
  },
  ...(['Content-Length: 100', 'Transfer-Encoding: chunked'] as const).map((framing): GatewayBehaviour => ({
    name: `an origin that dies within a body (${framing}) cuts the client, visibly`,
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      const upstream = await origin.accept()
      await upstream.head()
      upstream.send(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n5\r\nhello\r\n`)
      await client.head()
      await client.until('hello')
      upstream.socket.destroy()
      assert.doesNotMatch((await client.rest()).toString(), /0\r\n\r\n/)
      const { lost, statusClasses, inFlight } = stage.gateway.counters('shop')
      assert.deepEqual({ lost, twos: statusClasses[2], inFlight }, { lost: 1, twos: 1, inFlight: 0 })
    },
  })),
  {
    name: 'a client that goes away before the answer frees the target and ends the request there; it is not lost',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/slow'))
      const upstream = await origin.accept()
      await upstream.head()
      assert.equal(stage.gateway.inFlight(target.id), 1)
      client.socket.destroy()
      await upstream.rest()
      await until(() => stage.gateway.inFlight(target.id) === 0)
      const { lost, inFlight, statusClasses } = stage.gateway.counters('shop')
      assert.deepEqual({ lost, inFlight, none: statusClasses[0] }, { lost: 0, inFlight: 0, none: 1 })
    },
  },
  {
    name: 'a client that goes away within its upload ends it at the app too, and frees the target',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100\r\n\r\nbegun')
      const upstream = await origin.accept()
      await upstream.until('begun')
      client.socket.destroy()
      await upstream.rest()
      await until(() => stage.gateway.inFlight(target.id) === 0)
      assert.equal(stage.gateway.counters('shop').lost, 0)
    },
  },
  {
    name: 'an app that answers before it has read the body is heard, and the connection of the client goes on',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100\r\n\r\nbegun')
      const upstream = await origin.accept()
      await upstream.until('begun')
      upstream.send('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')
      assert.equal((await client.message()).body.toString(), 'no')
      client.send('x'.repeat(95) + get('/next'))
      const next = await origin.accept()
      await next.head()
      next.send(ok('next'))
      assert.equal((await client.message()).body.toString(), 'next')
      await until(() => stage.gateway.inFlight(target.id) === 0)
    },
  },
  ...(
    ['HTTP/1.1 099 Odd', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade', 'nonsense'] as const
  ).map((head): GatewayBehaviour => ({
    name: `an answer that is none (${JSON.stringify(head)}) makes 502`,
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      const upstream = await origin.accept()
      await upstream.head()
      upstream.send(`${head}\r\n\r\n`)
      assert.equal(statusOf(await client.message()), 502)
      assert.equal(stage.gateway.inFlight(target.id), 0)
    },
  })),
  {
    name: 'a client that goes away within a body frees the target',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      const upstream = await origin.accept()
      await upstream.head()
      upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n')
      await client.until('ab')
      client.socket.destroy()
      await upstream.rest()
      await until(() => stage.gateway.inFlight(target.id) === 0)
      assert.equal(stage.gateway.counters('shop').lost, 0)
    },
  },
  {
    name: 'a reader that stops makes the app stop, and the gateway buffers little',
    run: async (stage) => {
      const total = 256 * 1024 * 1024
      const block = Buffer.alloc(1024 * 1024)
      let written = 0
      const origin = await stage.httpOrigin((_request, response) => {
        response.writeHead(200, { 'Content-Length': total })
        const more = (): void => {
          while (written < total) {
            written += block.length
            if (!response.write(block)) return void response.once('drain', more)
          }
        }
        more()
      })
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      await client.head()
      // Others are served meanwhile; after them the app must have been stopped by a full pipe long ago.
      const other = await stage.client()
      for (let round = 0; round < 50; round++) {
        const before = written
        await new Promise((resolve) => setImmediate(resolve))
        if (before === written && round > 10) break
      }
      other.socket.destroy()
      assert.ok(written < total / 2, `${written} bytes were taken`)
    },
  },
  {
    name: 'an app that stops reading an upload makes the client stop',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      const total = 64 * 1024 * 1024
      client.send(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${total}\r\n\r\n`)
      const upstream = await origin.accept()
      await upstream.head()
      let flushed = false
      client.socket.write(Buffer.alloc(total), () => (flushed = true))
      await upstream.exactly(1)
      for (let round = 0; round < 50; round++) await new Promise((resolve) => setImmediate(resolve))
      assert.equal(flushed, false)
      for (let left = total - 1; left > 0; left -= Math.min(left, 65_536))
        await upstream.exactly(Math.min(left, 65_536))
      upstream.send(ok('got'))
      assert.equal((await client.message()).body.toString(), 'got')
    },
  },
  {
    name: 'a listener that is shut finishes what it has and refuses the rest; its address is free again',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      const upstream = await origin.accept()
      await upstream.head()
      await stage.gateway.shut(stage.address)
      await assert.rejects(stage.client(), { code: 'ECONNREFUSED' })
      upstream.send(ok('still'))
      assert.equal((await client.message()).body.toString(), 'still')
      assert.equal((await client.rest()).length, 0)
      assert.deepEqual(await stage.gateway.open(stage.address), stage.address)
    },
  },
  {
    name: 'a listener that is shut finishes pipelined requests too',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/a') + get('/b'))
      const upstreams = [await origin.accept(), await origin.accept()]
      for (const upstream of upstreams) await upstream.head()
      await stage.gateway.shut(stage.address)
      for (const upstream of upstreams) upstream.send(ok('still'))
      for (const _ of upstreams) assert.equal((await client.message()).body.toString(), 'still')
      assert.equal((await client.rest()).length, 0)
    },
  },
  {
    name: 'a close of the gateway lets a slow client read what was answered',
    run: async (stage) => {
      const body = Buffer.alloc(8 * 1024 * 1024, 'b')
      const origin = await stage.httpOrigin((_request, response) => response.end(body))
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      await client.head()
      const closing = stage.gateway.close(60_000)
      assert.equal((await client.exactly(body.length)).length, body.length)
      await closing
      assert.equal(stage.gateway.inFlight(target.id), 0)
      assert.equal(stage.gateway.counters('shop').lost, 0)
    },
  },
  {
    name: 'an address that is taken is an error with its code',
    run: async (stage) => {
      await assert.rejects(stage.gateway.open(stage.address), { code: 'HL5001' })
    },
  },
  {
    name: 'close lets requests finish within the grace, and cuts and counts them after it',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const [quick, never] = [await stage.client(), await stage.client()]
      quick.send(get('/quick'))
      const first = await origin.accept()
      await first.head()
      never.send(get('/never'))
      await (await origin.accept()).head()
      const closing = stage.gateway.close(200)
      first.send(ok('quick'))
      assert.equal((await quick.message()).body.toString(), 'quick')
      assert.equal((await never.rest()).length, 0)
      await closing
      assert.equal(stage.gateway.counters('shop').lost, 1)
      const again = await stage.client().catch((error: unknown) => error)
      assert.equal(again instanceof Error && 'code' in again && again.code, 'ECONNREFUSED')
    },
  },
  {
    name: 'idle connections of clients end when the gateway closes',
    run: async (stage) => {
      const origin = await stage.httpOrigin((_request, response) => response.end())
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(get('/'))
      await client.message()
      await stage.gateway.close(60_000)
      if (!client.socket.destroyed) await Promise.race([client.rest(), once(client.socket, 'close')])
    },
  },
]

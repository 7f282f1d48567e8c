import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'

import type { GatewayBehaviour } from './behaviour.ts'
import { statusOf, valueOf } from './peer.ts'
import { until, within, type Stage } from './stage.ts'

const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const ok = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`
const never = new AbortController().signal

function nodeHttp(stage: Stage): typeof http | typeof https {
  return stage.url.startsWith('https:') ? https : http
}

async function numbers(stage: Stage): Promise<readonly [number, number]> {
  const answer = (text: string) => stage.httpOrigin((_request, response) => response.end(text))
  return [(await answer('0')).port, (await answer('1')).port]
}

/** What a client sees while one release takes the place of another. */
export const switchingBehaviours: readonly GatewayBehaviour[] = [
  {
    name: 'a request in flight finishes on the old release, the next on the same connection gets the new one',
    run: async (stage) => {
      const [old, fresh] = [await stage.rawOrigin(), await stage.rawOrigin()]
      const target = stage.serve(old.port)
      const client = await stage.client()
      client.send(get)
      const upstream = await old.accept()
      await upstream.head()
      stage.serve(fresh.port, { release: 2 })
      const drained = stage.gateway.drain(target.id, within(60_000), never)
      upstream.send(ok('old'))
      const first = await client.message()
      assert.deepEqual([first.body.toString(), valueOf(first, 'x-hotlane-release')], ['old', '1'])
      const { inFlight, ended } = await drained
      assert.deepEqual({ inFlight, ended }, { inFlight: 1, ended: 0 })
      client.send(get)
      const next = await fresh.accept()
      await next.head()
      next.send(ok('new'))
      const second = await client.message()
      assert.deepEqual([second.body.toString(), valueOf(second, 'x-hotlane-release')], ['new', '2'])
    },
  },
  {
    name: 'a drain closes the idle connections to its target before it resolves',
    run: async (stage) => {
      const [old, fresh] = [await stage.rawOrigin(), await stage.rawOrigin()]
      const target = stage.serve(old.port)
      const client = await stage.client()
      client.send(get)
      const upstream = await old.accept()
      await upstream.head()
      upstream.send(ok('old'))
      await client.message()
      stage.serve(fresh.port, { release: 2 })
      const { inFlight, ended } = await stage.gateway.drain(target.id, within(60_000), never)
      assert.deepEqual({ inFlight, ended }, { inFlight: 0, ended: 0 })
      assert.equal((await upstream.rest()).length, 0)
      assert.equal(stage.gateway.inFlight(target.id), 0)
    },
  },
  {
    name: 'a drain of a target that nobody knows resolves at once',
    run: async (stage) => {
      assert.deepEqual(await stage.gateway.drain('none', within(60_000), never), {
        inFlight: 0,
        ended: 0,
        streams: 0,
        ms: 0,
      })
    },
  },
  {
    name: 'what is left at the deadline of a drain is ended and counted',
    run: async (stage) => {
      const [old, fresh] = [await stage.rawOrigin(), await stage.rawOrigin()]
      const target = stage.serve(old.port)
      const client = await stage.client()
      client.send(get)
      await (await old.accept()).head()
      stage.serve(fresh.port, { release: 2 })
      const { inFlight, ended } = await stage.gateway.drain(target.id, within(10), never)
      assert.deepEqual({ inFlight, ended }, { inFlight: 1, ended: 1 })
      assert.equal((await client.rest()).length, 0)
      assert.equal(stage.gateway.counters('shop').lost, 1)
    },
  },
  {
    name: 'an abort ends a drain at once',
    run: async (stage) => {
      const [old, fresh] = [await stage.rawOrigin(), await stage.rawOrigin()]
      const target = stage.serve(old.port)
      const client = await stage.client()
      client.send(get)
      await (await old.accept()).head()
      stage.serve(fresh.port, { release: 2 })
      const abort = new AbortController()
      const drained = stage.gateway.drain(target.id, within(3_600_000), abort.signal)
      abort.abort()
      assert.equal((await drained).ended, 1)
    },
  },
  {
    name: 'an event stream goes on through a switch, and ends after a whole event at the deadline',
    run: async (stage) => {
      const [old, fresh] = [await stage.rawOrigin(), await stage.rawOrigin()]
      const target = stage.serve(old.port)
      const client = await stage.client()
      client.send('GET /events HTTP/1.1\r\nHost: a.test\r\nAccept: text/event-stream\r\n\r\n')
      const upstream = await old.accept()
      await upstream.head()
      upstream.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
      await client.head()
      stage.serve(fresh.port, { release: 2 })
      upstream.send('9\r\ndata: 1\n\n\r\n')
      assert.equal((await client.chunk()).toString(), 'data: 1\n\n')
      upstream.send('7\r\ndata: 2\r\n')
      assert.equal((await client.chunk()).toString(), 'data: 2')
      const abort = new AbortController()
      const drained = stage.gateway.drain(target.id, within(3_600_000), abort.signal)
      abort.abort()
      upstream.send('2\r\n\n\n\r\n')
      assert.equal((await client.chunk()).toString(), '\n\n')
      assert.equal((await client.chunk()).length, 0)
      assert.equal((await drained).ended, 1)
      assert.equal(stage.gateway.counters('shop').lost, 0)
    },
  },
  {
    name: 'a handler that answers only after the switch reaches its client',
    run: async (stage) => {
      const [old, fresh] = [await stage.rawOrigin(), await stage.rawOrigin()]
      stage.serve(old.port)
      const client = await stage.client()
      client.send('POST /slow HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi')
      const upstream = await old.accept()
      assert.equal((await upstream.message()).body.toString(), 'hi')
      for (let release = 2; release < 6; release++) stage.serve(fresh.port, { release })
      upstream.send(ok('slow'))
      assert.equal((await client.message()).body.toString(), 'slow')
      assert.equal(fresh.connections(), 0)
    },
  },
  {
    name: 'a download of 64 MB that a switch overtakes arrives whole',
    run: async (stage) => {
      const block = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7) % 251))
      const count = 1024
      const sent = createHash('sha256')
      const old = await stage.httpOrigin((_request, response) => {
        let left = count
        const more = (): void => {
          while (left > 0) {
            left--
            sent.update(block)
            if (!response.write(block)) return void response.once('drain', more)
          }
          response.end()
        }
        more()
      })
      const fresh = await stage.httpOrigin((_request, response) => response.end('new'))
      const target = stage.serve(old.port)
      const [answer] = (await once(nodeHttp(stage).get(stage.url), 'response')) as [http.IncomingMessage]
      const received = createHash('sha256')
      let size = 0
      let drained: Promise<unknown> | undefined
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        received.update(chunk)
        size += chunk.length
        if (drained !== undefined || size < block.length) continue
        stage.serve(fresh.port, { release: 2 })
        drained = stage.gateway.drain(target.id, within(60_000), never)
      }
      assert.equal(size, block.length * count)
      assert.equal(received.digest('hex'), sent.digest('hex'))
      await drained
    },
  },
  {
    name: '200 clients over 50 switches see no error, and no old release after a new one',
    run: async (stage) => {
      const ports = await numbers(stage)
      const { Agent, get } = nodeHttp(stage)
      const agent = new Agent({ keepAlive: true, maxSockets: 200 })
      stage.defer(() => agent.destroy())
      let target = stage.serve(ports[0], { release: 1 })
      const progress = { switches: 0 }
      let answers = 0
      let goal = Infinity
      let reached = (): void => undefined
      const drains: Promise<unknown>[] = []
      const client = async (): Promise<void> => {
        let seen = 0
        while (progress.switches < 50) {
          const [answer] = (await once(get(stage.url, { agent }), 'response')) as [http.IncomingMessage]
          const release = Number(answer.headers['x-hotlane-release'])
          const body = Buffer.concat((await answer.toArray()) as Buffer[]).toString()
          assert.equal(answer.statusCode, 200)
          assert.equal(body, String((release + 1) % 2))
          assert.ok(release >= seen, `${release} after ${seen}`)
          seen = release
          if (++answers >= goal) reached()
        }
      }
      const clients = Array.from({ length: 200 }, client)
      const failed = Promise.all(clients)
      for (; progress.switches < 50; progress.switches++) {
        goal = answers + 40
        await Promise.race([new Promise<void>((resolve) => (reached = resolve)), failed])
        const old = target
        target = stage.serve(ports[(progress.switches + 1) % 2] ?? 0, { release: progress.switches + 2 })
        drains.push(stage.gateway.drain(old.id, within(60_000), never))
      }
      await failed
      await Promise.all(drains)
      const { lost, inFlight, requests } = stage.gateway.counters('shop')
      assert.deepEqual({ lost, inFlight, requests }, { lost: 0, inFlight: 0, requests: answers })
    },
  },
  {
    name: 'requests that come while there is no target, and between two targets, are all answered',
    run: async (stage) => {
      const [first] = await numbers(stage)
      const client = await stage.client()
      for (let round = 1; round < 20; round++) {
        stage.install({ kind: 'hold', why: 'restart' })
        client.send(get)
        await until(() => stage.gateway.counters('shop').held === 1)
        stage.serve(first, { release: round })
        assert.equal(statusOf(await client.message()), 200)
      }
    },
  },
]

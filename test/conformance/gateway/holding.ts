import assert from 'node:assert/strict'

import type { GatewayBehaviour } from './behaviour.ts'
import { statusOf, valueOf, type Peer } from './peer.ts'
import { freePort, targetAt, until, type Stage } from './stage.ts'

const hold = { kind: 'hold', why: 'the app restarts' } as const
const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`

async function waiting(stage: Stage, count: number): Promise<Peer[]> {
  const clients: Peer[] = []
  for (let index = 0; index < count; index++) {
    const client = await stage.client()
    const before = stage.gateway.counters('shop').held
    client.send(ask(`/${index}`))
    await until(() => stage.gateway.counters('shop').held > before)
    clients.push(client)
  }
  return clients
}

/** The bounded waiting room. */
export const holdingBehaviours: readonly GatewayBehaviour[] = [
  {
    name: 'held requests go to the new target in the order of their arrival',
    run: async (stage) => {
      stage.install(hold)
      const clients = await waiting(stage, 12)
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const order: string[] = []
      for (const client of clients) {
        // Connections are accepted in the order in which the gateway made them.
        const upstream = await origin.accept()
        order.push((await upstream.head()).startLine.split(' ')[1] ?? '')
        upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        assert.equal(statusOf(await client.message()), 200)
      }
      assert.deepEqual(
        order,
        clients.map((_, index) => `/${index}`),
      )
      const { heldTotal, held, lost } = stage.gateway.counters('shop')
      assert.deepEqual({ heldTotal, held, lost }, { heldTotal: 12, held: 0, lost: 0 })
    },
  },
  {
    name: 'a request beyond the bound gets 503 with Retry-After and the reason; those that wait stay',
    run: async (stage) => {
      stage.install(hold, { hold: { maxRequests: 2, maxMs: 60_000 } })
      const clients = await waiting(stage, 2)
      const late = await stage.client()
      late.send(ask('/late'))
      const answer = await late.message()
      assert.equal(statusOf(answer), 503)
      assert.ok(Number(valueOf(answer, 'retry-after')) >= 1)
      assert.match(answer.body.toString(), /the app restarts/)
      assert.equal(stage.gateway.counters('shop').lost, 1)
      const origin = await stage.httpOrigin((_request, response) => response.end('served'))
      stage.serve(origin.port)
      for (const client of clients) assert.equal((await client.message()).body.toString(), 'served')
    },
  },
  {
    name: 'a request that waits too long gets 503 with the reason; moves through tables do not prolong its wait',
    run: async (stage) => {
      stage.install(hold, { hold: { maxRequests: 10, maxMs: 30 } })
      const client = await stage.client()
      client.send(ask('/'))
      await until(() => stage.gateway.counters('shop').held === 1)
      stage.install(hold, { hold: { maxRequests: 10, maxMs: 3_600_000 } })
      const answer = await client.message()
      assert.equal(statusOf(answer), 503)
      assert.ok(Number(valueOf(answer, 'retry-after')) >= 1)
      assert.match(answer.body.toString(), /the app restarts/)
      assert.equal(stage.gateway.counters('shop').held, 0)
    },
  },
  {
    name: 'a client that goes away leaves the queue, and its request is never sent',
    run: async (stage) => {
      stage.install(hold)
      const [gone, stays] = await waiting(stage, 2)
      gone?.socket.destroy()
      await until(() => stage.gateway.counters('shop').held === 1)
      const seen: string[] = []
      const origin = await stage.httpOrigin((request, response) => {
        seen.push(request.url ?? '')
        response.end()
      })
      stage.serve(origin.port)
      assert.equal(statusOf((await stays?.message()) ?? assert.fail()), 200)
      assert.deepEqual(seen, ['/1'])
      assert.equal(stage.gateway.counters('shop').lost, 0)
    },
  },
  {
    name: 'the body of a held request is not read beyond the buffers, and arrives whole',
    run: async (stage) => {
      stage.install(hold)
      const body = Buffer.alloc(32 * 1024 * 1024, 'b')
      const client = await stage.client()
      client.send(`POST /big HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${body.length}\r\n\r\n`)
      await until(() => stage.gateway.counters('shop').held === 1)
      const sent = new Promise<void>((resolve) => client.socket.write(body, () => resolve()))
      let done = false
      void sent.then(() => (done = true))
      const other = await waiting(stage, 1)
      assert.equal(done, false)
      let size = 0
      const origin = await stage.httpOrigin((request, response) => {
        request.on('data', (chunk: Buffer) => (size += chunk.length))
        request.on('end', () => response.end('got it'))
      })
      stage.serve(origin.port)
      assert.equal((await client.message()).body.toString(), 'got it')
      assert.equal(size, body.length)
      assert.equal(other.length, 1)
    },
  },
  {
    name: 'refuse answers 503 with reason and detail, as text',
    run: async (stage) => {
      stage.install({ kind: 'refuse', why: 'the first build failed', detail: 'main.go:3: <oops>' })
      const client = await stage.client()
      client.send(ask('/'))
      const answer = await client.message()
      assert.equal(statusOf(answer), 503)
      assert.match(valueOf(answer, 'content-type') ?? '', /^text\/plain/)
      assert.match(answer.body.toString(), /shop: the first build failed/)
      assert.match(answer.body.toString(), /main\.go:3: <oops>/)
    },
  },
  {
    name: 'a request whose target refuses the connection waits for the next table, POST too',
    run: async (stage) => {
      const port = await freePort()
      stage.serve(port)
      const client = await stage.client()
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody')
      await until(() => stage.gateway.counters('shop').held === 1)
      assert.equal(stage.gateway.inFlight(targetAt(port).id), 0)
      const origin = await stage.rawOrigin()
      stage.serve(origin.port, { release: 2 })
      const upstream = await origin.accept()
      assert.equal((await upstream.message()).body.toString(), 'body')
      upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      assert.equal(statusOf(await client.message()), 200)
      assert.equal(stage.gateway.counters('shop').lost, 0)
    },
  },
  {
    name: 'a request whose target refuses is served by the same target once it accepts',
    run: async (stage) => {
      const port = await freePort()
      stage.serve(port)
      const client = await stage.client()
      client.send(ask('/'))
      await until(() => stage.gateway.counters('shop').held === 1)
      const origin = await stage.httpOrigin((_request, response) => response.end('back'))
      origin.server.close()
      origin.server.listen(port, '127.0.0.1')
      assert.equal((await client.message()).body.toString(), 'back')
    },
  },
  {
    name: 'a target that refuses is passed over while another accepts',
    run: async (stage) => {
      const origin = await stage.httpOrigin((_request, response) => response.end('alive'))
      const targets = [targetAt(await freePort()), targetAt(origin.port)] as const
      stage.install({ kind: 'serve', release: 1, targets })
      const client = await stage.client()
      for (let round = 0; round < 4; round++) {
        client.send(ask('/'))
        assert.equal((await client.message()).body.toString(), 'alive')
      }
      assert.equal(stage.gateway.counters('shop').heldTotal, 0)
    },
  },
]

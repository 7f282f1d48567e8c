import assert from 'node:assert/strict'

import type { GatewayBehaviour } from './behaviour.ts'
import { statusOf, valueOf } from './peer.ts'
import { targetAt } from './stage.ts'

const names = ['root', 'api', 'deep', 'host'] as const

export const routingBehaviours: readonly GatewayBehaviour[] = [
  {
    name: 'an exact host beats any host, then the longest path prefix at a segment boundary wins',
    run: async (stage) => {
      const ports = await Promise.all(
        names.map(async (name) => (await stage.httpOrigin((_request, response) => response.end(name))).port),
      )
      const at = (index: number) => ({ kind: 'serve', release: 1, targets: [targetAt(ports[index] ?? 0)] }) as const
      stage.gateway.install({
        entries: [
          stage.entry(at(0), { service: 'root' }),
          stage.entry(at(1), { service: 'api', path: '/api' }),
          stage.entry(at(2), { service: 'deep', path: '/api/v2/' }),
          stage.entry(at(3), { service: 'host', path: '/api', host: 'Shop.Test' }),
        ],
      })
      const client = await stage.client()
      const cases: readonly (readonly [string, string, string])[] = [
        ['/', 'a', 'root'],
        ['/apis', 'a', 'root'],
        ['/api', 'a', 'api'],
        ['/api?x', 'a', 'api'],
        ['/api/v2x', 'a', 'api'],
        ['/api/v2', 'a', 'deep'],
        ['/api/v2/x', 'a:8080', 'deep'],
        ['/api/v2/x', 'SHOP.test:99', 'host'],
        ['/', 'shop.test', 'root'],
      ]
      for (const [path, host, expected] of cases) {
        client.send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
        assert.equal((await client.message()).body.toString(), expected, `${host}${path}`)
      }
    },
  },
  {
    name: 'without a route the answer is 404 and names what was asked; the connection goes on',
    run: async (stage) => {
      stage.serve((await stage.httpOrigin((_request, response) => response.end())).port, { path: '/somewhere' })
      const client = await stage.client()
      for (let round = 0; round < 2; round++) {
        client.send('GET /nowhere HTTP/1.1\r\nHost: a.test\r\n\r\n')
        const answer = await client.message()
        assert.equal(statusOf(answer), 404)
        assert.match(valueOf(answer, 'content-type') ?? '', /^text\/plain/)
        assert.match(answer.body.toString(), /a\.test\/nowhere/)
      }
    },
  },
  {
    name: 'before there is any route the answer is 503, and when to ask again',
    run: async (stage) => {
      const client = await stage.client()
      client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
      const answer = await client.message()
      assert.equal(statusOf(answer), 503)
      assert.equal(valueOf(answer, 'retry-after'), '1')
    },
  },
  {
    name: 'each listener has routes of its own',
    run: async (stage) => {
      const origin = await stage.httpOrigin((_request, response) => response.end('here'))
      const second = await stage.gateway.open({ host: '127.0.0.1', port: 0 })
      stage.serve(origin.port)
      const answers = await Promise.all([fetch(stage.url), fetch(`http://127.0.0.1:${second.port}`)])
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 404],
      )
    },
  },
  {
    name: 'the target with the fewest requests in flight is chosen, and each in turn where they are equal',
    run: async (stage) => {
      const [one, two] = [await stage.rawOrigin(), await stage.rawOrigin()]
      const targets = [targetAt(one.port), targetAt(two.port)] as const
      stage.install({ kind: 'serve', release: 1, targets })
      const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
      const clients = [await stage.client(), await stage.client(), await stage.client()]
      clients[0]?.send(get)
      await (await one.accept()).head()
      clients[1]?.send(get)
      const second = await two.accept()
      await second.head()
      second.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      await clients[1]?.message()
      clients[2]?.send(get)
      await second.head()
      assert.equal(one.connections(), 1)
      assert.deepEqual([stage.gateway.inFlight(targets[0].id), stage.gateway.inFlight(targets[1].id)], [1, 1])
    },
  },
]

import assert from 'node:assert/strict'
import { once } from 'node:events'

import { WebSocket, WebSocketServer } from 'ws'

import type { LaneEntry, LaneRule, LaneState, Split, StickyKey } from '../../../src/model/table.ts'
import type { GatewayBehaviour } from './behaviour.ts'
import { valueOf, type Message } from './peer.ts'
import { freePort, targetAt, until, type Stage } from './stage.ts'

const ok = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`

interface Trial {
  readonly rules?: readonly LaneRule[]
  readonly split?: Split
  readonly stable?: LaneState
  readonly canary?: LaneState
  readonly path?: string
}

/** Installs a service with two lanes. */
function install(stage: Stage, { rules = [], split, stable, canary, path = '/' }: Trial): void {
  const hold: LaneState = { kind: 'hold', why: 'nothing is there' }
  const lanes: readonly [LaneEntry, LaneEntry] = [
    { name: 'stable', state: stable ?? hold },
    { name: 'canary', state: canary ?? hold },
  ]
  const entry = { ...stage.entry(lanes[0].state, { path }), lanes, rules }
  stage.gateway.install({ entries: [split === undefined ? entry : { ...entry, split }] })
}

function served(port: number, release: number): LaneState {
  return { kind: 'serve', release, targets: [targetAt(port, release)] }
}

/** Two apps that say which of them they are. */
async function pair(stage: Stage): Promise<readonly [LaneState, LaneState]> {
  const named = async (name: string) => (await stage.httpOrigin((_request, response) => response.end(name))).port
  return [served(await named('stable'), 1), served(await named('canary'), 2)]
}

function half(sticky: StickyKey, basisPoints = 5000): Split {
  return { shares: [{ lane: 'canary', basisPoints }], sticky, salt: '1' }
}

async function ask(stage: Stage, target = '/', ...lines: readonly string[]): Promise<Message> {
  const client = await stage.client()
  client.send([`GET ${target} HTTP/1.1`, 'Host: a.test', 'Connection: close', ...lines, '', ''].join('\r\n'))
  return client.message()
}

async function laneOf(stage: Stage, target?: string, ...lines: readonly string[]): Promise<string> {
  return (await ask(stage, target, ...lines)).body.toString()
}

export const laneBehaviours: readonly GatewayBehaviour[] = [
  {
    name: 'a header field, a cookie or a query parameter sends a request to a lane, the first rule that matches first',
    run: async (stage) => {
      const [stable, canary] = await pair(stage)
      const rules: readonly LaneRule[] = [
        { lane: 'stable', kind: 'header', name: 'X-Staff', value: 'no' },
        { lane: 'canary', kind: 'header', name: 'X-Staff' },
        { lane: 'canary', kind: 'cookie', name: 'version', value: 'beta' },
        { lane: 'canary', kind: 'query', name: 'version', value: 'beta' },
        { lane: 'gone', kind: 'query', name: 'version', value: 'gone' },
      ]
      install(stage, { rules, stable, canary })
      assert.equal(await laneOf(stage), 'stable')
      assert.equal(await laneOf(stage, '/', 'x-staff: yes'), 'canary')
      assert.equal(await laneOf(stage, '/?version=beta', 'x-staff: no'), 'stable')
      assert.equal(await laneOf(stage, '/', 'Cookie: a=1; version=beta'), 'canary')
      assert.equal(await laneOf(stage, '/x?a=1&version=beta'), 'canary')
      assert.equal(await laneOf(stage, '/?version=beta2'), 'stable')
      assert.equal(await laneOf(stage, '/?version=gone'), 'stable')
    },
  },
  {
    name: 'an answer tells its lane only where there is more than one, and the release of the instance before that of the lane',
    run: async (stage) => {
      const [stable, canary] = await pair(stage)
      install(stage, { rules: [{ lane: 'canary', kind: 'query', name: 'beta' }], stable, canary })
      const told = (answer: Message) => [valueOf(answer, 'x-hotlane-lane'), valueOf(answer, 'x-hotlane-release')]
      assert.deepEqual(told(await ask(stage)), ['stable', '1'])
      assert.deepEqual(told(await ask(stage, '/?beta')), ['canary', '2'])
      const origin = await stage.httpOrigin((_request, response) => response.end())
      stage.install({ kind: 'serve', release: 5, targets: [{ ...targetAt(origin.port, 6), release: 6 }] })
      assert.deepEqual(told(await ask(stage)), [undefined, '6'])
    },
  },
  {
    name: 'a client without a bucket gets one in a cookie, and keeps its lane by it while the share grows',
    run: async (stage) => {
      const [stable, canary] = await pair(stage)
      install(stage, { split: half({ kind: 'cookie' }), stable, canary, path: '/shop' })
      const first = await ask(stage, '/shop')
      const cookie = valueOf(first, 'set-cookie') ?? ''
      assert.match(cookie, /^hotlane-bucket=\d{1,4}; Path=\/shop; HttpOnly; SameSite=Lax(; Secure)?$/)
      assert.equal(cookie.endsWith('; Secure'), stage.url.startsWith('https:'))
      const kept = `Cookie: ${cookie.split(';')[0] ?? ''}`
      const again = await ask(stage, '/shop/x', kept)
      assert.equal(again.body.toString(), first.body.toString())
      assert.equal(valueOf(again, 'set-cookie'), undefined)
      const seen: string[] = []
      for (const basisPoints of [0, 2500, 5000, 7500, 10_000]) {
        install(stage, { split: half({ kind: 'cookie' }, basisPoints), stable, canary, path: '/shop' })
        seen.push(await laneOf(stage, '/shop', kept))
      }
      assert.deepEqual(seen, seen.toSorted().toReversed())
      assert.deepEqual([seen[0], seen[4]], ['stable', 'canary'])
      const forged = await ask(stage, '/shop', 'Cookie: hotlane-bucket=99999')
      assert.match(valueOf(forged, 'set-cookie') ?? '', /^hotlane-bucket=/)
    },
  },
  {
    name: 'no cookie is set by another key, for a request that a rule took, or when there is no split any more',
    run: async (stage) => {
      const [stable, canary] = await pair(stage)
      const rules: readonly LaneRule[] = [{ lane: 'canary', kind: 'query', name: 'beta' }]
      const keys: readonly StickyKey[] = [{ kind: 'address' }, { kind: 'request' }, { kind: 'header', name: 'x-user' }]
      for (const sticky of keys) {
        install(stage, { split: half(sticky), stable, canary })
        assert.equal(valueOf(await ask(stage), 'set-cookie'), undefined)
      }
      install(stage, { rules, split: half({ kind: 'cookie' }), stable, canary })
      assert.equal(valueOf(await ask(stage, '/?beta'), 'set-cookie'), undefined)
      install(stage, { stable, canary })
      assert.equal(valueOf(await ask(stage), 'set-cookie'), undefined)
    },
  },
  {
    name: 'clients are shared out by the field that is named, each always to the same lane',
    run: async (stage) => {
      const [stable, canary] = await pair(stage)
      install(stage, { split: half({ kind: 'header', name: 'X-User' }), stable, canary })
      const users = Array.from({ length: 40 }, (_, index) => `x-user: ${index}`)
      const lanes = await Promise.all(users.map((user) => laneOf(stage, '/', user)))
      assert.deepEqual(await Promise.all(users.map((user) => laneOf(stage, '/', user))), lanes)
      assert.deepEqual(new Set(lanes), new Set(['stable', 'canary']))
    },
  },
  {
    name: 'what a lane cannot serve goes to the first lane, by rule and by share, a POST too',
    run: async (stage) => {
      const [stable] = await pair(stage)
      const rules: readonly LaneRule[] = [{ lane: 'canary', kind: 'query', name: 'beta' }]
      const split = half({ kind: 'request' }, 10_000)
      const states: readonly LaneState[] = [
        { kind: 'hold', why: 'it starts' },
        { kind: 'refuse', why: 'it is broken' },
        served(await freePort(), 2),
      ]
      for (const canary of states) {
        install(stage, { rules, split, stable, canary })
        assert.deepEqual([await laneOf(stage), await laneOf(stage, '/?beta')], ['stable', 'stable'])
        const client = await stage.client()
        client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi')
        assert.equal((await client.message()).body.toString(), 'stable')
      }
      const { requests, lost } = stage.gateway.counters('shop')
      assert.deepEqual({ requests, lost }, { requests: 9, lost: 0 })
      assert.equal(stage.gateway.counters('shop', 'canary').requests, 0)
    },
  },
  {
    name: 'a lane that dies between two requests of a client loses none of them',
    run: async (stage) => {
      const [stable] = await pair(stage)
      const trial = await stage.httpOrigin((_request, response) => response.end('canary'))
      install(stage, { split: half({ kind: 'address' }, 10_000), stable, canary: served(trial.port, 2) })
      const client = await stage.client()
      const seen: string[] = []
      for (const method of ['GET', 'POST', 'GET', 'POST']) {
        client.send(`${method} / HTTP/1.1\r\nHost: a.test\r\n\r\n`)
        seen.push((await client.message()).body.toString())
        if (seen.length !== 2) continue
        trial.server.close()
        trial.server.closeAllConnections()
      }
      assert.deepEqual(seen, ['canary', 'canary', 'stable', 'stable'])
      assert.equal(stage.gateway.counters('shop').lost, 0)
      const requests = ['stable', 'canary'].map((lane) => stage.gateway.counters('shop', lane).requests)
      assert.deepEqual(requests, [2, 2])
    },
  },
  {
    name: 'while the first lane waits another still serves its share; what is meant for the first waits',
    run: async (stage) => {
      const [stable, canary] = await pair(stage)
      const rules: readonly LaneRule[] = [{ lane: 'canary', kind: 'query', name: 'beta' }]
      install(stage, { rules, canary })
      assert.equal(await laneOf(stage, '/?beta'), 'canary')
      const waits = laneOf(stage)
      await until(() => stage.gateway.counters('shop', 'stable').held === 1)
      assert.equal(stage.gateway.counters('shop', 'canary').held, 0)
      install(stage, { rules, stable, canary })
      assert.equal(await waits, 'stable')
    },
  },
  {
    name: 'each lane has its own figures, and all of them make up those of the service',
    run: async (stage) => {
      const [stable] = await pair(stage)
      const broken = await stage.httpOrigin((_request, response) => response.writeHead(500).end())
      const rules: readonly LaneRule[] = [{ lane: 'canary', kind: 'query', name: 'beta' }]
      install(stage, { rules, stable, canary: served(broken.port, 2) })
      for (const target of ['/', '/?beta', '/', '/?beta', '/']) await ask(stage, target)
      const { gateway } = stage
      assert.deepEqual(gateway.lanes('shop'), ['stable', 'canary'])
      assert.deepEqual(gateway.counters('shop', 'stable').statusClasses, [0, 0, 3, 0, 0, 0])
      assert.deepEqual(gateway.counters('shop', 'canary').statusClasses, [0, 0, 0, 0, 0, 2])
      assert.deepEqual(gateway.counters('shop').statusClasses, [0, 0, 3, 0, 0, 2])
      assert.equal(gateway.counters('shop').requests, 5)
      const count = (lane?: string) => gateway.latency('shop', lane).counts.reduce((sum, one) => sum + one, 0)
      assert.deepEqual([count('stable'), count('canary'), count(), count('gone')], [3, 2, 5, 0])
      const reading = gateway.reading().map(({ service, lane, counters }) => [service, lane, counters.requests])
      assert.deepEqual(reading, [
        ['shop', 'stable', 3],
        ['shop', 'canary', 2],
      ])
    },
  },
  {
    name: 'a WebSocket goes by rule and gets the cookie of its share with its handshake',
    run: async (stage) => {
      const canary = await stage.rawOrigin()
      const split = half({ kind: 'cookie' }, 10_000)
      install(stage, { split, canary: served(canary.port, 2) })
      const client = await stage.client()
      client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      const upstream = await canary.accept()
      await upstream.head()
      upstream.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      const head = await client.head()
      assert.equal(valueOf(head, 'x-hotlane-lane'), 'canary')
      assert.match(valueOf(head, 'set-cookie') ?? '', /^hotlane-bucket=/)
    },
  },
  {
    name: 'of several instances those that refuse connections are left out at once, a POST too, until they accept again',
    run: async (stage) => {
      const dead = [await freePort(), await freePort()] as const
      const alive = await stage.rawOrigin()
      const targets = [targetAt(dead[0]), targetAt(dead[1]), targetAt(alive.port)] as const
      stage.install({ kind: 'serve', release: 1, targets })
      const methods = ['POST', 'GET', 'POST', 'GET', 'PUT', 'GET']
      for (const method of methods) {
        const client = await stage.client()
        const body = method === 'GET' ? '' : 'Content-Length: 2\r\n'
        client.send(`${method} / HTTP/1.1\r\nHost: a.test\r\n${body}\r\n${body === '' ? '' : 'hi'}`)
        const upstream = await alive.accept()
        assert.equal((await upstream.message()).startLine.split(' ')[0], method)
        upstream.send('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok')
        assert.equal((await client.message()).body.toString(), 'ok')
      }
      const { requests, lost, held } = stage.gateway.counters('shop')
      assert.deepEqual({ requests, lost, held }, { requests: methods.length, lost: 0, held: 0 })
      const back = await stage.httpOrigin((_request, response) => response.end('back'), dead[0])
      const asking = async (): Promise<string> => {
        const client = await stage.client()
        client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n')
        return (await client.message()).body.toString()
      }
      // One request is kept on the instance that lives, so the next goes to the one that came back, once that is known.
      const busy = await stage.client()
      busy.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
      const upstream = await alive.accept()
      await upstream.head()
      await until(() => back.connections() > 0)
      assert.equal(await asking(), 'back')
      upstream.send(ok('ok'))
      await busy.message()
    },
  },
  {
    name: 'streams of a retired instance end one after the other, not in one blow',
    run: async (stage) => {
      const count = 20
      const old = await stage.httpOrigin((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      })
      const fresh = await stage.httpOrigin((_request, response) => response.end())
      const target = stage.serve(old.port)
      const leftAtEnd: number[] = []
      const abort = new AbortController()
      const clients = Array.from({ length: count }, async () => {
        const client = await stage.client()
        client.send('GET /events HTTP/1.1\r\nHost: a.test\r\n\r\n')
        await client.head()
        assert.equal((await client.chunk()).toString(), 'data: 1\n\n')
        return client
      })
      const open = await Promise.all(clients)
      stage.serve(fresh.port, { release: 2 })
      const ends = open.map(async (client) => {
        assert.equal((await client.chunk()).length, 0)
        leftAtEnd.push(stage.gateway.inFlight(target.id))
        if (leftAtEnd.length === 3) abort.abort()
      })
      const drained = stage.gateway.drain(target.id, { requestsMs: 60_000, streamsMs: 4000 }, abort.signal)
      await Promise.all(ends)
      assert.ok((leftAtEnd[2] ?? 0) >= count / 2, `left when one ended: ${leftAtEnd.join(' ')}`)
      const { inFlight, ended, streams } = await drained
      assert.deepEqual({ inFlight, ended, streams }, { inFlight: count, ended: count, streams: count })
      const { lost, streams: over } = stage.gateway.counters('shop')
      assert.deepEqual({ lost, over }, { lost: 0, over: count })
    },
  },
  {
    name: 'a request that becomes a stream when the time of streams is over is ended too, long before that of requests',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      const target = stage.serve(origin.port)
      const client = await stage.client()
      client.send('GET /events HTTP/1.1\r\nHost: a.test\r\n\r\n')
      const upstream = await origin.accept()
      await upstream.head()
      const limits = { requestsMs: 3_600_000, streamsMs: 0 }
      const drained = stage.gateway.drain(target.id, limits, new AbortController().signal)
      upstream.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n')
      assert.equal((await client.message()).body.toString(), 'data: 1\n\n')
      const { ended, streams } = await drained
      assert.deepEqual({ ended, streams }, { ended: 1, streams: 1 })
    },
  },
  {
    name: 'WebSockets of a retired instance are told to come back one after the other',
    run: async (stage) => {
      const origin = await stage.httpOrigin((_request, response) => response.end())
      const server = new WebSocketServer({ server: origin.server })
      stage.defer(() => server.close())
      const target = stage.serve(origin.port)
      const sockets = Array.from({ length: 4 }, () => new WebSocket(stage.url.replace('http', 'ws')))
      for (const socket of sockets) stage.defer(() => socket.terminate())
      await Promise.all(sockets.map((socket) => once(socket, 'open')))
      const codes: number[] = []
      let openAtSecond = 0
      const abort = new AbortController()
      const closed = sockets.map(async (socket) => {
        const [code] = (await once(socket, 'close')) as [number]
        codes.push(code)
        if (codes.length !== 2) return
        openAtSecond = sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length
        abort.abort()
      })
      stage.install({ kind: 'hold', why: 'it is replaced' })
      const drained = stage.gateway.drain(target.id, { requestsMs: 60_000, streamsMs: 2000 }, abort.signal)
      await Promise.all(closed)
      assert.deepEqual(codes, [1012, 1012, 1012, 1012])
      assert.equal(openAtSecond, 2)
      assert.equal((await drained).streams, 4)
      assert.equal(stage.gateway.counters('shop').lost, 0)
    },
  },
]

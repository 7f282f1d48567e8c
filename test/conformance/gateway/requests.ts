import assert from 'node:assert/strict'

import type { GatewayBehaviour } from './behaviour.ts'
import { valueOf, valuesOf, type Message, type Peer } from './peer.ts'
import type { Stage } from './stage.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Sends bytes through the gateway and returns what the origin read and what the client got. */
async function exchange(
  stage: Stage,
  bytes: string | Buffer,
): Promise<{ seen: Message; answer: Message; client: Peer }> {
  const origin = await stage.rawOrigin()
  stage.serve(origin.port)
  const client = await stage.client()
  client.send(bytes)
  const upstream = await origin.accept()
  const seen = await upstream.message()
  upstream.send(ok)
  return { seen, answer: await client.message(), client }
}

function bodyCase(name: string, startLine: string, type: string, body: string): GatewayBehaviour {
  return {
    name,
    run: async (stage) => {
      const length = Buffer.byteLength(body)
      const head = `${startLine} HTTP/1.1\r\nHost: a.test\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`
      const { seen } = await exchange(stage, head + body)
      assert.equal(seen.startLine, `${startLine} HTTP/1.1`)
      assert.equal(seen.body.toString(), body)
      assert.equal(valueOf(seen, 'content-type'), type)
      assert.equal(valueOf(seen, 'content-length'), String(length))
      assert.equal(valueOf(seen, 'transfer-encoding'), undefined)
    },
  }
}

const multipart = [
  '--x',
  'Content-Disposition: form-data; name="f"; filename="a.bin"',
  '',
  '\u0000\u0001 é',
  '--x--',
  '',
].join('\r\n')

/** What reaches the app is what the client sent. */
export const requestBehaviours: readonly GatewayBehaviour[] = [
  bodyCase(
    'a form arrives with its fields in order, repeated ones too',
    'POST /form',
    'application/x-www-form-urlencoded',
    'b=2&a=1&b=1&a=%20',
  ),
  bodyCase('a JSON POST with a query keeps its body', 'POST /items?x=1&y=2', 'application/json', '{"name":"tea"}'),
  bodyCase('a multipart upload arrives as it was sent', 'POST /up', 'multipart/form-data; boundary=x', multipart),
  bodyCase('PUT keeps its body', 'PUT /items/1', 'text/plain', 'new'),
  bodyCase('DELETE keeps its body', 'DELETE /items/1', 'text/plain', 'why'),
  bodyCase('GET with a body keeps it', 'GET /search', 'application/json', '{"q":1}'),
  {
    name: 'GET with a query has no body',
    run: async (stage) => {
      const { seen } = await exchange(stage, 'GET /?a=1&b=2 HTTP/1.1\r\nHost: a.test\r\n\r\n')
      assert.equal(seen.startLine, 'GET /?a=1&b=2 HTTP/1.1')
      assert.equal(valueOf(seen, 'content-length'), undefined)
      assert.equal(valueOf(seen, 'transfer-encoding'), undefined)
    },
  },
  ...['/?x=%zz', '/?a=1;b=2', '//a//b/../c', '/%2e%2e/%41', '/a%2Fb?q=%20+', '/?'].map((target) => ({
    name: `the target ${target} is passed byte for byte`,
    run: async (stage: Stage) => {
      const { seen } = await exchange(stage, `GET ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
      assert.equal(seen.startLine, `GET ${target} HTTP/1.1`)
    },
  })),
  {
    name: "fields keep order, case, repetition and bytes; Host and Origin are the client's",
    run: async (stage) => {
      const lines = [
        'X-One: 1',
        'hOsT: Shop.Test:8080',
        'x-two: b',
        'X-Two: a',
        'Cookie: b=1',
        'Origin: https://elsewhere.test',
        'X-Bytes: \u00e9\u00ff',
      ]
      const { seen } = await exchange(stage, Buffer.from(`GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
      const got = seen.fields.map(([name, value]) => `${name}: ${value}`)
      assert.deepEqual(got.slice(0, lines.length), lines)
    },
  },
  {
    name: 'fields of one hop are removed, and those that Connection names',
    run: async (stage) => {
      const { seen } = await exchange(
        stage,
        'GET / HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=9\r\nX-Hop: 1\r\n' +
          'Proxy-Connection: keep-alive\r\nTE: gzip\r\nX-Stays: 1\r\n\r\n',
      )
      for (const name of ['keep-alive', 'x-hop', 'proxy-connection', 'te'])
        assert.equal(valueOf(seen, name), undefined, name)
      assert.equal(valueOf(seen, 'x-stays'), '1')
      assert.doesNotMatch(valueOf(seen, 'connection') ?? '', /x-hop/i)
    },
  },
  {
    name: 'Connection cannot take away Host or the framing',
    run: async (stage) => {
      const { seen } = await exchange(
        stage,
        'POST / HTTP/1.1\r\nHost: a.test\r\nConnection: Host, Content-Length, close\r\nContent-Length: 3\r\n\r\nabc',
      )
      assert.equal(valueOf(seen, 'host'), 'a.test')
      assert.equal(seen.body.toString(), 'abc')
    },
  },
  {
    name: 'forwarded fields are set, and replaced where the peer is not trusted',
    run: async (stage) => {
      const { seen } = await exchange(
        stage,
        'GET / HTTP/1.1\r\nHost: a.test:81\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: gopher\r\nX-Forwarded-Host: evil\r\nForwarded: for=6.6.6.6\r\n\r\n',
      )
      assert.deepEqual(valuesOf(seen, 'x-forwarded-for'), ['127.0.0.1'])
      assert.deepEqual(valuesOf(seen, 'x-forwarded-proto'), [stage.url.split(':')[0]])
      assert.deepEqual(valuesOf(seen, 'x-forwarded-host'), ['a.test:81'])
      assert.equal(valueOf(seen, 'forwarded'), undefined)
    },
  },
  {
    name: 'a chunked request arrives chunked, each chunk at once, with its trailers',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send(
        'POST /in HTTP/1.1\r\nHost: a.test\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n',
      )
      const upstream = await origin.accept()
      const head = await upstream.head()
      assert.equal(valueOf(head, 'transfer-encoding'), 'chunked')
      assert.equal(valueOf(head, 'content-length'), undefined)
      assert.equal((await upstream.chunk()).toString(), 'one')
      client.send('3\r\ntwo\r\n')
      assert.equal((await upstream.chunk()).toString(), 'two')
      client.send('0\r\nX-Sum: 6\r\n\r\n')
      assert.equal((await upstream.chunk()).length, 0)
      assert.equal((await upstream.until('\r\n\r\n')).toString(), 'X-Sum: 6\r\n\r\n')
      upstream.send(ok)
      assert.equal((await client.message()).body.toString(), 'ok')
    },
  },
  {
    name: 'a POST without a body says that its length is zero, not that chunks follow',
    run: async (stage) => {
      const { seen } = await exchange(stage, 'POST /ping HTTP/1.1\r\nHost: a.test\r\n\r\n')
      assert.equal(valueOf(seen, 'transfer-encoding'), undefined)
      assert.equal(valueOf(seen, 'content-length') ?? '0', '0')
    },
  },
  {
    name: 'a target in absolute form is routed by its authority and passed on',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port, { host: 'inner.test' })
      const client = await stage.client()
      client.send('GET http://inner.test:80/x?y HTTP/1.1\r\nHost: other.test\r\n\r\n')
      const upstream = await origin.accept()
      assert.equal((await upstream.message()).startLine, 'GET http://inner.test:80/x?y HTTP/1.1')
    },
  },
  {
    name: 'OPTIONS * reaches the app',
    run: async (stage) => {
      const { seen } = await exchange(stage, 'OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n')
      assert.equal(seen.startLine, 'OPTIONS * HTTP/1.1')
    },
  },
  {
    name: 'Expect: 100-continue is asked of the app, and the body goes only then',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
      const upstream = await origin.accept()
      assert.equal(valueOf(await upstream.head(), 'expect'), '100-continue')
      upstream.send('HTTP/1.1 100 Continue\r\n\r\n')
      assert.match((await client.head()).startLine, / 100 /)
      client.send('body')
      assert.equal((await upstream.exactly(4)).toString(), 'body')
      upstream.send(ok)
      assert.equal((await client.message()).body.toString(), 'ok')
    },
  },
  {
    name: 'an app may refuse an expected body',
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port)
      const client = await stage.client()
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n')
      const upstream = await origin.accept()
      await upstream.head()
      upstream.send('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')
      const answer = await client.message()
      assert.equal(answer.startLine, 'HTTP/1.1 413 Too Large')
      assert.equal(answer.body.toString(), 'no')
    },
  },
  {
    name: 'a large head arrives whole',
    run: async (stage) => {
      const cookie = 'c'.repeat(60_000)
      const many = Array.from({ length: 1500 }, (_, index) => `x-${index}: v\r\n`).join('')
      const { seen } = await exchange(stage, `GET / HTTP/1.1\r\nHost: a.test\r\nCookie: ${cookie}\r\n${many}\r\n`)
      assert.equal(valueOf(seen, 'cookie'), cookie)
      assert.equal(valueOf(seen, 'x-1499'), 'v')
    },
  },
]

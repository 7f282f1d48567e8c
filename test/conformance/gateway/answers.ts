import assert from 'node:assert/strict'

import type { GatewayBehaviour } from './behaviour.ts'
import { statusOf, valueOf, type Peer } from './peer.ts'
import type { Stage } from './stage.ts'

const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

async function ask(stage: Stage, request = get): Promise<{ client: Peer; upstream: Peer }> {
  const origin = await stage.rawOrigin()
  stage.serve(origin.port)
  const client = await stage.client()
  client.send(request)
  const upstream = await origin.accept()
  await upstream.message()
  return { client, upstream }
}

/** What reaches the client is what the app answered. */
export const answerBehaviours: readonly GatewayBehaviour[] = [
  {
    name: "status, reason and fields of an answer keep bytes, order, case and repetition; CORS and Date are the app's",
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      const lines = [
        'x-b: 2',
        'X-A: \u00e9',
        'Set-Cookie: a=1',
        'set-cookie: b=2',
        'Access-Control-Allow-Origin: https://only.test',
        'Date: Thu, 01 Jan 1970 00:00:00 GMT',
        'Content-Length: 3',
      ]
      upstream.send(Buffer.from(`HTTP/1.1 299 Made  Up\r\n${lines.join('\r\n')}\r\n\r\nabc`, 'latin1'))
      const answer = await client.message()
      assert.equal(answer.startLine, 'HTTP/1.1 299 Made  Up')
      const own = new Set(['connection', 'keep-alive', 'x-hotlane-release'])
      const got = answer.fields
        .filter(([name]) => !own.has(name.toLowerCase()))
        .map(([name, value]) => `${name}: ${value}`)
      assert.deepEqual(got, lines)
      assert.equal(valueOf(answer, 'x-hotlane-release'), '1')
    },
  },
  {
    name: 'an answer without Date gets none',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      assert.equal(valueOf(await client.message(), 'date'), undefined)
    },
  },
  {
    name: 'fields of one hop are removed from an answer',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send(
        'HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n',
      )
      const answer = await client.message()
      assert.equal(valueOf(answer, 'x-hop'), undefined)
      assert.notEqual(valueOf(answer, 'keep-alive'), 'timeout=1')
      assert.doesNotMatch(valueOf(answer, 'connection') ?? '', /close/i)
    },
  },
  {
    name: 'HEAD of a page keeps its Content-Length and has no body',
    run: async (stage) => {
      const { client, upstream } = await ask(stage, 'HEAD / HTTP/1.1\r\nHost: a.test\r\nAccept: text/html\r\n\r\n')
      upstream.send('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1234\r\n\r\n')
      assert.equal(valueOf(await client.message({ bodyless: true }), 'content-length'), '1234')
      client.send(get)
    },
  },
  {
    name: '304 keeps its Content-Length and has no body; the connection goes on',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 99\r\n\r\n')
      assert.equal(valueOf(await client.message(), 'content-length'), '99')
      client.send(get)
      await upstream.message()
      upstream.send('HTTP/1.1 204 No Content\r\n\r\n')
      assert.equal(statusOf(await client.message()), 204)
    },
  },
  {
    name: 'each chunk is passed on before the app sends the next',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      assert.equal(valueOf(await client.head(), 'transfer-encoding'), 'chunked')
      for (const text of ['one', 'second', '3']) {
        upstream.send(`${text.length.toString(16)}\r\n${text}\r\n`)
        assert.equal((await client.chunk()).toString(), text)
      }
      upstream.send('0\r\n\r\n')
      assert.equal((await client.chunk()).length, 0)
    },
  },
  {
    name: 'the head goes out before the first byte of the body, and bytes of a body with Content-Length at once',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n')
      assert.equal(statusOf(await client.head()), 200)
      upstream.send('a')
      assert.equal((await client.exactly(1)).toString(), 'a')
      upstream.send('b')
      assert.equal((await client.exactly(1)).toString(), 'b')
    },
  },
  {
    name: 'trailers of an answer are passed on',
    run: async (stage) => {
      const { client, upstream } = await ask(stage, 'GET / HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\n\r\n')
      upstream.send(
        'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\nx-more: 2\r\n\r\n',
      )
      const answer = await client.message()
      assert.equal(valueOf(answer, 'trailer'), 'X-Sum')
      assert.deepEqual(answer.trailers, [
        ['X-Sum', '1'],
        ['x-more', '2'],
      ])
    },
  },
  {
    name: '103 is passed on with its fields, before the answer',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>; rel=preload\r\n\r\n')
      const hint = await client.head()
      assert.equal(hint.startLine, 'HTTP/1.1 103 Early Hints')
      assert.deepEqual(hint.fields, [
        ['Link', '</a.css>; rel=preload'],
        ['Link', '</b.js>; rel=preload'],
      ])
      upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na')
      assert.equal((await client.message()).body.toString(), 'a')
    },
  },
  {
    name: 'a body that ends with the connection becomes one whose end can be told',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send('HTTP/1.1 200 OK\r\n\r\nhello')
      upstream.socket.end()
      const answer = await client.message()
      assert.equal(answer.body.toString(), 'hello')
      assert.equal(valueOf(answer, 'transfer-encoding'), 'chunked')
    },
  },
  {
    name: 'a client of HTTP/1.0 gets no chunks, and no interim answer',
    run: async (stage) => {
      const { client, upstream } = await ask(stage, 'GET /old HTTP/1.0\r\n\r\n')
      upstream.send('HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n')
      upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
      const answer = await client.message()
      assert.equal(statusOf(answer), 200)
      assert.equal(valueOf(answer, 'transfer-encoding'), undefined)
      assert.equal(answer.body.toString(), 'abc')
    },
  },
  {
    name: 'a coded body of another kind than a page is passed byte for byte',
    run: async (stage) => {
      const { client, upstream } = await ask(stage, 'GET / HTTP/1.1\r\nHost: a.test\r\nAccept: text/html\r\n\r\n')
      const bytes = Buffer.from([0x1f, 0x8b, 0, 255, 13, 10, 0])
      upstream.send(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\n',
        bytes,
      )
      assert.deepEqual((await client.message()).body, bytes)
    },
  },
]

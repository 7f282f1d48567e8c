import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import zlib from 'node:zlib'

import { decompress } from 'fzstd'

import type { ErrorReport } from '../../../src/support/errors.ts'
import type { GatewayBehaviour } from './behaviour.ts'
import { statusOf, valueOf, type Message, type Peer } from './peer.ts'
import type { Stage } from './stage.ts'

const page = '<!doctype html><title>x</title><p>no end tag'
const tag = /<script src="\/__hotlane\/client\.js[^"]*"[^>]*><\/script>$/
const navigate = 'GET / HTTP/1.1\r\nHost: a.test\r\nSec-Fetch-Dest: document\r\nAccept: text/html\r\n\r\n'

interface Answered {
  readonly request?: string
  readonly fields?: string
  readonly status?: string
  readonly body?: Buffer
  readonly chunked?: boolean
}

/** Asks for a page and returns the client's view; the body is what the origin sent unless told otherwise. */
async function browse(stage: Stage, answered: Answered = {}): Promise<Message> {
  const { client, upstream } = await ask(stage, answered.request)
  const body = answered.body ?? Buffer.from(page)
  const head = `HTTP/1.1 ${answered.status ?? '200 OK'}\r\nContent-Type: text/html; charset=utf-8\r\n${answered.fields ?? ''}`
  upstream.send(`${head}Content-Length: ${body.length}\r\n\r\n`, body)
  return client.message()
}

async function ask(stage: Stage, request = navigate): Promise<{ client: Peer; upstream: Peer }> {
  const origin = await stage.rawOrigin()
  stage.serve(origin.port, { browserReload: true })
  const client = await stage.client()
  client.send(request)
  const upstream = await origin.accept()
  await upstream.head()
  return { client, upstream }
}

const codings: Readonly<
  Record<string, { code: (body: Buffer) => Buffer; open: (body: Buffer) => Buffer; out?: string }>
> = {
  gzip: { code: (body) => zlib.gzipSync(body), open: (body) => zlib.gunzipSync(body) },
  br: { code: (body) => zlib.brotliCompressSync(body), open: (body) => zlib.brotliDecompressSync(body) },
  deflate: { code: (body) => zlib.deflateSync(body), open: (body) => zlib.inflateSync(body) },
}

function injected(name: string, answered: Answered, check?: (text: string, answer: Message) => void): GatewayBehaviour {
  return {
    name,
    run: async (stage) => {
      const answer = await browse(stage, answered)
      const text = answer.body.toString()
      assert.ok(text.startsWith(page), text)
      assert.match(text, tag)
      assert.equal(valueOf(answer, 'x-hotlane-reload'), 'injected')
      check?.(text, answer)
    },
  }
}

function untouched(name: string, answered: Answered, reason?: RegExp): GatewayBehaviour {
  return {
    name,
    run: async (stage) => {
      const answer = await browse(stage, answered)
      assert.deepEqual(answer.body, answered.body ?? Buffer.from(page))
      const told = valueOf(answer, 'x-hotlane-reload')
      if (reason === undefined) assert.equal(told, undefined)
      else assert.match(told ?? '', reason)
    },
  }
}

/** The events of a page's stream, as they come. */
async function follow(
  stage: Stage,
  src: string,
): Promise<{ event: () => Promise<string>; data: () => Promise<string> }> {
  const peer = await stage.client()
  peer.send(`GET ${src.replace('client.js', 'events')} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
  const head = await peer.head()
  assert.equal(statusOf(head), 200)
  assert.match(valueOf(head, 'content-type') ?? '', /^text\/event-stream/)
  const next = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec((await peer.until('\n\n')).toString())?.[1]
      if (found !== undefined) return found
    }
  }
  return { event: () => next(/^event: (\w+)/m), data: () => next(/^data: (.*)/m) }
}

/** Serves a release that answers with a page, and loads it; returns the URL of its script. */
async function load(stage: Stage): Promise<string> {
  const response = await fetch(stage.url, { headers: { accept: 'text/html' } })
  return scriptOf(await response.text())
}

function scriptOf(text: string): string {
  return /src="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? assert.fail('no script')
}

async function pageOrigin(stage: Stage): Promise<number> {
  const origin = await stage.httpOrigin((_request, response) =>
    response.setHeader('Content-Type', 'text/html').end(page),
  )
  return origin.port
}

const report: ErrorReport = {
  code: 'HL3001',
  blame: 'user',
  message: 'the build of shop failed',
  did: 'The running release keeps serving.',
  remedy: 'Mend the code.',
  output: './main.go:3:1: expected <b>\n\ttwo lines',
}

export const pageBehaviours: readonly GatewayBehaviour[] = [
  injected('a page gets the reload client after its last byte, with a length that is true', {}, (_text, answer) =>
    assert.equal(valueOf(answer, 'content-length'), String(answer.body.length)),
  ),
  injected('without fetch metadata Accept tells a navigation', {
    request: 'GET / HTTP/1.1\r\nHost: a.test\r\nAccept: text/html,*/*\r\n\r\n',
  }),
  injected('a page that answers a POST gets it too', {
    request: 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\nAccept: text/html\r\n\r\n',
  }),
  injected('an error page gets it too', { status: '500 Internal Server Error' }),
  injected(
    "the nonce of the page's policy is used",
    { fields: "Content-Security-Policy: script-src 'nonce-Zm9v'; img-src *\r\n" },
    (text) => assert.match(text, / nonce="Zm9v"/),
  ),
  untouched(
    'a page whose policy allows no script of ours stays as it is',
    { fields: "Content-Security-Policy: default-src 'none'\r\n" },
    /^skipped; content-security-policy/,
  ),
  untouched(
    'a page that must not be transformed stays as it is',
    { fields: 'Cache-Control: public, no-transform\r\n' },
    /^skipped; no-transform/,
  ),
  untouched(
    'a page in an unknown coding stays as it is',
    { fields: 'Content-Encoding: snappy\r\n' },
    /^skipped; content-encoding/,
  ),
  untouched(
    'a page in two codings stays as it is',
    { fields: 'Content-Encoding: gzip, br\r\n' },
    /^skipped; content-encoding/,
  ),
  untouched('a download stays as it is', { fields: 'Content-Disposition: attachment\r\n' }, /^skipped; attachment/),
  untouched('a part of a page stays as it is', {
    status: '206 Partial Content',
    fields: 'Content-Range: bytes 0-43/99\r\n',
  }),
  untouched('a fragment that a script asks for stays as it is', {
    request: 'GET / HTTP/1.1\r\nHost: a.test\r\nSec-Fetch-Dest: empty\r\nAccept: text/html\r\n\r\n',
  }),
  untouched('a page for curl stays as it is', { request: 'GET / HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n' }),
  ...Object.entries(codings).map(([name, { code, open }]): GatewayBehaviour => ({
    name: `a page in ${name} gets it inside the coding`,
    run: async (stage) => {
      const answer = await browse(stage, { fields: `Content-Encoding: ${name}\r\n`, body: code(Buffer.from(page)) })
      assert.equal(valueOf(answer, 'content-encoding'), name)
      const text = open(answer.body).toString()
      assert.ok(text.startsWith(page))
      assert.match(text, tag)
    },
  })),
  {
    name: 'a page in raw deflate, as some servers send it, is understood',
    run: async (stage) => {
      const answer = await browse(stage, { fields: 'Content-Encoding: deflate\r\n', body: zlib.deflateRawSync(page) })
      assert.match(zlib.inflateSync(answer.body).toString(), tag)
    },
  },
  {
    name: 'a page in zstd gets it, in a coding that its browser reads',
    run: async (stage) => {
      const answer = await browse(stage, { fields: 'Content-Encoding: zstd\r\n', body: zstdOf(page) })
      const coded = valueOf(answer, 'content-encoding') === 'zstd'
      const text = Buffer.from(coded ? decompress(answer.body) : answer.body).toString()
      assert.ok(text.startsWith(page))
      assert.match(text, tag)
    },
  },
  {
    name: 'a page is streamed: what the app sent arrives before it sends more, in a coding too',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send(
        'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n',
      )
      await client.head()
      const coder = zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH })
      coder.on('data', (data: Buffer) => upstream.send(`${data.length.toString(16)}\r\n`, data, '\r\n'))
      coder.once('end', () => upstream.send('0\r\n\r\n'))
      const opened = zlib.createGunzip()
      let text = ''
      opened.on('data', (data: Buffer) => (text += data.toString()))
      for (const word of ['one ', 'two ', 'three']) {
        coder.write(word)
        while (!text.endsWith(word))
          await new Promise<void>((resolve, reject) => {
            client.chunk().then((data) => opened.write(data, () => resolve()), reject)
          })
      }
      coder.end()
      for (let data = await client.chunk(); data.length > 0; data = await client.chunk()) opened.write(data)
      await new Promise<void>((resolve) => opened.end(() => resolve()))
      assert.match(text, tag)
    },
  },
  {
    name: 'a page whose app dies is cut, and gets no script as if it were whole',
    run: async (stage) => {
      const { client, upstream } = await ask(stage)
      upstream.send('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')
      await client.until('abc')
      upstream.socket.destroy()
      assert.doesNotMatch((await client.rest()).toString(), /script|0\r\n\r\n/)
      assert.equal(stage.gateway.counters('shop').lost, 1)
    },
  },
  {
    name: "the client and its events are the gateway's own; nothing below their path is forwarded",
    run: async (stage) => {
      const origin = await stage.rawOrigin()
      stage.serve(origin.port, { browserReload: true })
      const script = await fetch(`${stage.url}/__hotlane/client.js`)
      assert.match(script.headers.get('content-type') ?? '', /javascript/)
      assert.match(await script.text(), /EventSource/)
      assert.equal((await fetch(`${stage.url}/__hotlane/other`)).status, 404)
      assert.equal((await fetch(`${stage.url}/__hotlane/events?service=none`)).status, 404)
      assert.equal(origin.connections(), 0)
      assert.equal(stage.gateway.counters('shop').requests, 0)
    },
  },
  {
    name: 'a page that is open is told to reload once per switch; one that the new release answered is not',
    run: async (stage) => {
      const port = await pageOrigin(stage)
      stage.serve(port, { browserReload: true })
      const old = await follow(stage, await load(stage))
      assert.equal(await old.event(), 'ok')
      stage.serve(port, { browserReload: true, release: 2 })
      const fresh = await follow(stage, await load(stage))
      assert.equal(await fresh.event(), 'ok')
      assert.equal(stage.gateway.reloadPages('shop'), 1)
      assert.equal(await old.event(), 'reload')
      stage.gateway.showError('shop', report)
      assert.equal(await fresh.event(), 'error')
      assert.equal(stage.gateway.reloadPages('shop'), 1)
      assert.equal(await fresh.event(), 'reload')
      assert.equal(stage.gateway.reloadPages('shop'), 0)
    },
  },
  {
    name: 'a page whose stream was broken during the switch is told when it connects',
    run: async (stage) => {
      const port = await pageOrigin(stage)
      stage.serve(port, { browserReload: true })
      const src = await load(stage)
      stage.serve(port, { browserReload: true, release: 2 })
      assert.equal(stage.gateway.reloadPages('shop'), 0)
      assert.equal(await (await follow(stage, src)).event(), 'reload')
      assert.equal(await (await follow(stage, await load(stage))).event(), 'ok')
    },
  },
  {
    name: 'an error is shown to open pages and to those loaded later, until it is mended',
    run: async (stage) => {
      stage.serve(await pageOrigin(stage), { browserReload: true })
      const src = await load(stage)
      const first = await follow(stage, src)
      assert.equal(await first.event(), 'ok')
      stage.gateway.showError('shop', report)
      assert.equal(await first.event(), 'error')
      const second = await follow(stage, src)
      assert.deepEqual(JSON.parse(await second.data()), report)
      stage.gateway.showError('shop', undefined)
      assert.equal(await first.event(), 'ok')
      assert.equal(await second.event(), 'ok')
    },
  },
  {
    name: 'a service that is refused shows browsers a page that reloads when it is served; its text is escaped',
    run: async (stage) => {
      stage.install({ kind: 'refuse', why: 'the first <build> failed', detail: '<b>&"' }, { browserReload: true })
      const response = await fetch(stage.url, { headers: { accept: 'text/html' } })
      assert.equal(response.status, 503)
      const text = await response.text()
      assert.match(text, /the first &lt;build&gt; failed/)
      assert.match(text, /&lt;b&gt;&amp;&quot;/)
      const stream = await follow(stage, scriptOf(text))
      assert.equal(await stream.event(), 'ok')
      stage.serve(await pageOrigin(stage), { browserReload: true })
      assert.equal(await stream.event(), 'reload')
    },
  },
]

/** A zstd frame with one raw block (RFC 8878 section 3.1.1), or what the program makes where there is one. */
function zstdOf(text: string): Buffer {
  try {
    return execFileSync('zstd', ['-c'], { input: text, stdio: ['pipe', 'pipe', 'ignore'] })
  } catch {
    const body = Buffer.from(text)
    const block = (body.length << 3) | 1
    return Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, body.length]),
      Buffer.from([block & 0xff, (block >> 8) & 0xff, (block >> 16) & 0xff]),
      body,
    ])
  }
}

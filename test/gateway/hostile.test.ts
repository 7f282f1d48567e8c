import { describe, expect, test } from 'vitest'

import { createGateway } from '../../src/gateway/create.ts'
import { statusOf, type Peer } from '../conformance/gateway/peer.ts'
import { Stage, until, type RawOrigin } from '../conformance/gateway/stage.ts'

const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
const post = 'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
const chunkedAnswer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n'
const sizedAnswer = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}

/** Sends until the gateway has answered or closed; returns how much was sent. */
async function flood(client: Peer, piece: Buffer, limit: number): Promise<number> {
  let sent = 0
  const state = { answered: false }
  client.socket.once('readable', () => (state.answered = true))
  while (!client.socket.destroyed && !state.answered && sent < limit) {
    const drained = client.socket.write(piece)
    sent += piece.length
    if (!drained) await Promise.race([new Promise((resolve) => client.socket.once('drain', resolve)), client.closed])
    await new Promise((resolve) => setImmediate(resolve))
  }
  return sent
}

async function stillServes(stage: Stage, origin: RawOrigin): Promise<void> {
  const client = await stage.client()
  client.send(get)
  const upstream = await origin.accept()
  await upstream.head()
  upstream.send(sizedAnswer)
  expect((await client.message()).body.toString()).toBe('abc')
}

describe('hostile clients', () => {
  const limit = 8 * 1024 * 1024

  test.each([
    ['a target without end', 414, 'GET /', 'a'.repeat(4096)],
    ['a field without end', 431, 'GET / HTTP/1.1\r\nHost: a.test\r\nX: ', 'a'.repeat(4096)],
    ['fields without end', 431, 'GET / HTTP/1.1\r\nHost: a.test\r\n', 'X: y\r\n'.repeat(500)],
    ['empty lines without end', 414, '', '\r\n'.repeat(2000)],
  ] as const)('%s: %d, and no more is read than the limit', async (_name, status, start, piece) => {
    await using stage = await Stage.open(createGateway)
    const client = await stage.client()
    client.send(start)
    const sent = await flood(client, Buffer.from(piece), limit)
    expect(sent).toBeLessThan(limit)
    expect(statusOf(await client.head())).toBe(status)
  })

  test('100,000 fields at once are refused with 431', async () => {
    await using stage = await Stage.open(createGateway)
    const client = await stage.client()
    client.send(`GET / HTTP/1.1\r\nHost: a.test\r\n${'X: y\r\n'.repeat(100_000)}\r\n`)
    expect(statusOf(await client.head())).toBe(431)
  })

  test('a head that comes octet by octet is read once, not once per octet', async () => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const client = await stage.client()
    for (const octet of Buffer.from(get)) {
      client.send(Buffer.from([octet]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await (await origin.accept()).head()).startLine).toBe('GET / HTTP/1.1')
  })

  test('a head that never becomes whole is answered with 408', async () => {
    const timeouts = { headMs: 20 }
    await using stage = await Stage.open(createGateway, { tellRelease: true, timeouts })
    const client = await stage.client()
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\nX: y')
    expect(statusOf(await client.head())).toBe(408)
    expect((await client.rest()).toString()).toMatch(/took too long/)
  })

  test('connections that say nothing, and connections that are idle, are closed', async () => {
    const timeouts = { headMs: 20, idleMs: 20 }
    await using stage = await Stage.open(createGateway, { tellRelease: true, timeouts })
    const [silent, idle] = [await stage.client(), await stage.client()]
    idle.send('GET /nowhere HTTP/1.1\r\nHost: a.test\r\n\r\n')
    expect(statusOf(await idle.message())).toBe(503)
    expect((await silent.rest()).length).toBe(0)
    expect((await idle.rest()).length).toBe(0)
  })

  test('an upload that stops is given up, and its origin is free again', async () => {
    const timeouts = { bodyIdleMs: 20 }
    await using stage = await Stage.open(createGateway, { tellRelease: true, timeouts })
    const origin = await stage.rawOrigin()
    const target = stage.serve(origin.port)
    const client = await stage.client()
    client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nabc')
    await (await origin.accept()).until('abc')
    expect((await client.rest()).length).toBe(0)
    await until(() => stage.gateway.inFlight(target.id) === 0)
  })

  test('300,000 chunks of one octet pass in bounded memory; extensions without end do not', async () => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    const target = stage.serve(origin.port)
    const client = await stage.client()
    client.send('POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n')
    const upstream = await origin.accept()
    await upstream.head()
    const piece = Buffer.from('1\r\nx\r\n'.repeat(10_000))
    let most = 0
    for (let round = 0; round < 30; round++) {
      client.send(piece)
      await upstream.exactly(piece.length)
      most = Math.max(most, process.memoryUsage().arrayBuffers)
    }
    expect(most).toBeLessThan(64 * 1024 * 1024)
    client.send(`1;${'x'.repeat(20_000)}\r\nx\r\n`)
    expect(statusOf(await client.head())).toBe(400)
    await until(() => stage.gateway.inFlight(target.id) === 0)
  })

  test('a flood of pipelined requests is taken as fast as they are answered, in order', async () => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.httpOrigin((request, response) => response.end(request.url))
    stage.serve(origin.port)
    const client = await stage.client()
    const count = 2000
    client.send(Array.from({ length: count }, (_, index) => `GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))
    for (let index = 0; index < count; index++) expect((await client.message()).body.toString()).toBe(`/${index}`)
    expect(origin.connections()).toBeLessThanOrEqual(16)
  })

  test.each([
    ['before a head is whole', 'GET / HT', false],
    ['within a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc', true],
    ['behind a request', get, true],
    ['within a chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc', true],
  ])('a client that closes its side %s leaves nothing behind', async (_name, bytes, reaches) => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    const target = stage.serve(origin.port)
    const client = await stage.client()
    client.send(bytes)
    const upstream = reaches ? await origin.accept() : undefined
    await upstream?.head()
    client.socket.end()
    expect((await client.rest()).length).toBe(0)
    await upstream?.rest()
    await until(() => stage.gateway.inFlight(target.id) === 0)
    await stillServes(stage, origin)
  })
})

describe('connections that are reset', () => {
  test.each([
    ['GET', get],
    ['POST', post],
  ])('a client that resets at every octet of a %s leaves no claim and no socket', async (_name, bytes) => {
    const before = sockets()
    {
      await using stage = await Stage.open(createGateway)
      const origin = await stage.httpOrigin((request, response) => {
        request.resume()
        request.on('end', () => response.end('ok'))
      })
      const target = stage.serve(origin.port)
      for (let length = 0; length <= bytes.length; length++) {
        const client = await stage.client()
        await new Promise<void>((resolve) => client.socket.write(bytes.slice(0, length), () => resolve()))
        client.socket.resetAndDestroy()
      }
      const last = await stage.client()
      last.send(get)
      expect((await last.message()).body.toString()).toBe('ok')
      await until(() => stage.gateway.inFlight(target.id) === 0 && stage.gateway.counters('shop').inFlight === 0)
      expect(stage.gateway.counters('shop').held).toBe(0)
      expect(stage.gateway.counters('shop').lost).toBe(0)
    }
    await until(() => sockets() <= before)
  })

  test.each([
    ['chunked', chunkedAnswer],
    ['sized', sizedAnswer],
  ])(
    'an origin that resets at every octet of a %s answer makes 502 or a cut, and leaves nothing',
    async (_name, bytes) => {
      const before = sockets()
      {
        await using stage = await Stage.open(createGateway)
        const origin = await stage.rawOrigin()
        const target = stage.serve(origin.port)
        const head = bytes.indexOf('\r\n\r\n') + 4
        for (let length = 0; length < bytes.length; length++) {
          const client = await stage.client()
          client.send(get)
          const upstream = await origin.accept()
          await upstream.head()
          const sent = Buffer.from(bytes.slice(0, length))
          const begun = length >= head
          if (length > 0) await new Promise<void>((resolve) => upstream.socket.write(sent, () => resolve()))
          // The client sees the start of the body before it is cut, or else a whole answer of the gateway's.
          const first = begun ? await client.head() : undefined
          upstream.socket.resetAndDestroy()
          const answer = first ?? (await client.message())
          expect(statusOf(answer)).toBe(begun ? 200 : 502)
          if (!begun) client.socket.destroy()
          expect((await client.rest()).toString()).not.toMatch(/0\r\n(?:X: y\r\n)?\r\n$/)
        }
        expect(stage.gateway.counters('shop').lost).toBe(bytes.length)
        expect(stage.gateway.inFlight(target.id)).toBe(0)
        await stillServes(stage, origin)
      }
      await until(() => sockets() <= before)
    },
  )
})

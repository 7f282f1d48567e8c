import { expect, test } from 'vitest'

import { createGateway } from '../../src/gateway/create.ts'
import { statusOf, valueOf } from '../conformance/gateway/peer.ts'
import { Stage } from '../conformance/gateway/stage.ts'

const post = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc'
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'

test('an idle connection stays open, and its next request is answered by the table of that moment, and the last', async () => {
  await using stage = await Stage.open(createGateway)
  const [before, after] = [await stage.rawOrigin(), await stage.rawOrigin()]
  stage.serve(before.port)
  const client = await stage.client()
  client.send(post)
  const first = await before.accept()
  await first.message()
  first.send(answer)
  expect(valueOf(await client.message(), 'connection')).toBe('keep-alive')
  const retired = stage.gateway.retire(3_600_000)
  await expect(stage.client()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  stage.serve(after.port, { release: 2 })
  client.send(post)
  const second = await after.accept()
  await second.message()
  second.send(answer)
  const last = await client.message()
  expect([statusOf(last), valueOf(last, 'connection')]).toEqual([200, 'close'])
  await client.rest()
  client.socket.end()
  await retired
})

test('a client that was told before that its connection stays is answered once more', async () => {
  await using stage = await Stage.open(createGateway)
  const origin = await stage.rawOrigin()
  stage.serve(origin.port)
  const client = await stage.client()
  client.send(post)
  const first = await origin.accept()
  await first.message()
  first.send('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab')
  expect(valueOf(await client.head(), 'connection')).toBe('keep-alive')
  const retired = stage.gateway.retire(3_600_000)
  first.send('c')
  expect((await client.exactly(3)).toString()).toBe('abc')
  client.send(post)
  const second = await origin.accept()
  await second.message()
  second.send(answer)
  expect(valueOf(await client.message(), 'connection')).toBe('close')
  client.socket.end()
  await retired
})

test('a connection that has said nothing yet is served', async () => {
  await using stage = await Stage.open(createGateway)
  const origin = await stage.rawOrigin()
  stage.serve(origin.port)
  const client = await stage.client()
  const other = await stage.client()
  other.send('nonsense\r\n\r\n')
  // It was accepted after the first one: both are.
  expect(statusOf(await other.message())).toBe(400)
  const retired = stage.gateway.retire(3_600_000)
  client.send(post)
  const upstream = await origin.accept()
  await upstream.message()
  upstream.send(answer)
  expect(statusOf(await client.message())).toBe(200)
  client.socket.end()
  other.socket.end()
  await retired
})

test('what is left after the grace is ended, and nothing is waited for where nothing is left', async () => {
  await using stage = await Stage.open(createGateway)
  const origin = await stage.rawOrigin()
  stage.serve(origin.port)
  const idle = await stage.client()
  idle.send(post)
  const upstream = await origin.accept()
  await upstream.message()
  upstream.send(answer)
  await idle.message()
  const busy = await stage.client()
  busy.send(post)
  await (await origin.accept()).message()
  await stage.gateway.retire(0)
  expect((await idle.rest()).length).toBe(0)
  await expect(busy.head()).rejects.toThrow('the connection ended')
  await using empty = await Stage.open(createGateway)
  await empty.gateway.retire(3_600_000)
})

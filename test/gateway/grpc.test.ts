import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type StatusObject, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createGateway } from '../../src/gateway/create.ts'
import type { Target } from '../../src/model/table.ts'
import { Stage, until, within } from '../conformance/gateway/stage.ts'
import { callUnary, echoClient, echoServer } from './grpc-kit.ts'

const never = new AbortController().signal
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-grpc-'))
})

afterAll(() => rm(directory, { recursive: true }))

function serve(stage: Stage, port: number, release = 1): Target {
  const target: Target = { id: `${release}@${port}`, host: '127.0.0.1', port, protocol: 'h2c' }
  stage.install({ kind: 'serve', release, targets: [target] })
  return target
}

describe.each(['over TLS', 'by prior knowledge'])('gRPC %s', (way) => {
  async function open() {
    const at = (name: string): string => path.join(directory, 'tls', name)
    const tls = { cert: at('a.crt'), key: at('a.key'), development: true }
    const secure = way === 'over TLS'
    const stage = await Stage.open(createGateway, { tellRelease: true }, secure ? tls : undefined)
    return { stage, client: echoClient(stage, secure ? readFileSync(tls.cert) : undefined) }
  }

  test('a unary call passes with metadata and trailers, and fails with its own status', async () => {
    const { stage, client } = await open()
    await using _ = stage
    serve(stage, (await echoServer(stage, 'a')).port)
    const good = await callUnary(client, 'hi')
    expect([good.code, good.text]).toEqual([status.OK, 'a:hi'])
    expect([good.head?.get('x-seen'), good.trailer.get('x-tail')]).toEqual([['me'], ['a']])
    expect(good.head?.get('x-hotlane-release')).toEqual(['1'])
    const bad = await callUnary(client, 'fail')
    expect([bad.code, bad.details]).toEqual([status.FAILED_PRECONDITION, 'not today: 100 % é'])
    expect(bad.trailer.get('why-bin')).toEqual([Buffer.from([0, 255])])
    await until(() => stage.gateway.counters('shop').inFlight === 0)
    expect(stage.gateway.counters('shop')).toMatchObject({ requests: 2, lost: 0, resets: 0 })
  })

  test('a deadline ends the call at the client and at the server', async () => {
    const { stage, client } = await open()
    await using _ = stage
    serve(stage, (await echoServer(stage, 'a')).port)
    const late = await callUnary(client, 'never', { deadline: Date.now() + 200 })
    expect(late.code).toBe(status.DEADLINE_EXCEEDED)
    await until(() => stage.gateway.counters('shop').inFlight === 0)
  })

  test('streams pass in both directions, as fast as their reader', async () => {
    const { stage, client } = await open()
    await using _ = stage
    serve(stage, (await echoServer(stage, 'a')).port)
    let count = 0
    for await (const message of client.list('5000')) {
      expect(String(message).startsWith(`a:${count}:`)).toBe(true)
      count++
    }
    expect(count).toBe(5000)
    const collected = new Promise((resolve) => {
      const call = client.collect((_error, value) => resolve(value))
      for (let index = 0; index < 1000; index++) call.write('y'.repeat(1000))
      call.end()
    })
    expect(await collected).toBe('a:1000')
    const chat = client.chat()
    for (const word of ['one', 'two', 'three']) {
      chat.write(word)
      expect(await once(chat, 'data')).toEqual([`a:${word}`])
    }
    chat.end()
    expect(((await once(chat, 'status')) as [StatusObject])[0].code).toBe(status.OK)
  })

  test('what the gateway answers in the stead of an app is a status of a call', async () => {
    const { stage, client } = await open()
    await using _ = stage
    stage.install({ kind: 'refuse', why: 'it crashed' })
    const refused = await callUnary(client, 'hi')
    expect([refused.code, refused.details]).toEqual([status.UNAVAILABLE, 'shop: it crashed'])
    stage.install({ kind: 'refuse', why: 'it is elsewhere' }, { path: '/elsewhere' })
    expect((await callUnary(client, 'hi')).code).toBe(status.UNIMPLEMENTED)
    stage.install({ kind: 'hold', why: 'restart' })
    const held = callUnary(client, 'hi')
    await until(() => stage.gateway.counters('shop').held === 1)
    serve(stage, (await echoServer(stage, 'b')).port)
    expect((await held).text).toBe('b:hi')
  })

  test('servers are replaced under a stream of unary calls, and none is lost or executed twice', async () => {
    const { stage, client } = await open()
    await using _ = stage
    const servers = [await echoServer(stage, '0')]
    let target = serve(stage, servers[0]?.port ?? 0)
    const progress = { switches: 0 }
    let calls = 0
    const caller = async (mark: number): Promise<void> => {
      for (let index = 0; progress.switches < 10; index++) {
        const { code, details } = await callUnary(client, `${mark}-${index}`)
        expect([code, details]).toEqual([status.OK, 'OK'])
        calls++
      }
    }
    const callers = Promise.all(Array.from({ length: 20 }, (_each, index) => caller(index)))
    for (; progress.switches < 10; progress.switches++) {
      const goal = calls + 50
      await Promise.race([until(() => calls >= goal), callers])
      const fresh = await echoServer(stage, String(progress.switches + 1))
      const [old, retired] = [target, servers.at(-1)]
      servers.push(fresh)
      target = serve(stage, fresh.port, progress.switches + 2)
      // As in a switch: the old one is told to end as soon as nothing is in flight on it.
      await stage.gateway.drain(old.id, within(60_000), never)
      await new Promise<void>((resolve) => retired?.server.tryShutdown(() => resolve()))
    }
    await callers
    const executed = servers.flatMap((server) => server.executed)
    expect(executed.length).toBe(calls)
    expect(new Set(executed).size).toBe(calls)
    expect(stage.gateway.counters('shop')).toMatchObject({ lost: 0, inFlight: 0, requests: calls })
  })

  test('a server that ends with GOAWAY by itself loses no call that it has not begun', async () => {
    const { stage, client } = await open()
    await using _ = stage
    const first = await echoServer(stage, 'first')
    const second = await echoServer(stage, 'second')
    const targets = [first, second].map(({ port }) => ({
      id: String(port),
      host: '127.0.0.1',
      port,
      protocol: 'h2c' as const,
    }))
    const [one, other] = targets
    if (one === undefined || other === undefined) throw new Error('two targets are needed')
    stage.install({ kind: 'serve', release: 1, targets: [one, other] })
    const progress = { going: true }
    let calls = 0
    const caller = async (): Promise<void> => {
      while (progress.going) {
        const { code, details } = await callUnary(client, 'x')
        expect([code, details]).toEqual([status.OK, 'OK'])
        calls++
      }
    }
    const callers = Promise.all(Array.from({ length: 20 }, caller))
    await Promise.race([until(() => calls > 100), callers])
    const ended = new Promise<void>((resolve) => first.server.tryShutdown(() => resolve()))
    await Promise.race([until(() => calls > 400), callers])
    progress.going = false
    await callers
    await ended
    expect(first.executed.length + second.executed.length).toBe(calls)
  })

  test('a stream that outlasts the drain ends with UNAVAILABLE', async () => {
    const { stage, client } = await open()
    await using _ = stage
    const target = serve(stage, (await echoServer(stage, 'a')).port)
    const chat = client.chat()
    chat.on('error', () => undefined)
    chat.write('one')
    expect(await once(chat, 'data')).toEqual(['a:one'])
    const silent = callUnary(client, 'never')
    await until(() => stage.gateway.inFlight(target.id) === 2)
    const ended = new Promise<StatusObject>((resolve) => chat.on('status', resolve))
    serve(stage, (await echoServer(stage, 'b')).port, 2)
    const drained = await stage.gateway.drain(target.id, within(10), never)
    expect(drained).toMatchObject({ inFlight: 2, ended: 2 })
    const { code, details } = await ended
    expect([code, details]).toEqual([status.UNAVAILABLE, 'this instance has been replaced by another one'])
    expect((await silent).code).toBe(status.UNAVAILABLE)
    expect((await callUnary(client, 'hi')).text).toBe('b:hi')
  })
})

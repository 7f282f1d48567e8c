import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { errnoOf } from '../files.ts'
import { PlainWire } from './plain-wire.ts'
import { WriteRequests } from './write-requests.ts'

interface Pair {
  readonly wire: PlainWire
  readonly near: Socket
  readonly far: Socket
  readonly drains: { count: number }
  readonly requests: WriteRequests
}

/** A wire that has learnt how node writes, and its other end, which reads nothing until it is told to. */
async function pair(requests = new WriteRequests()): Promise<Pair> {
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  near.on('error', () => undefined)
  const [far] = await accepted
  far.on('error', () => undefined)
  onTestFinished(() => {
    near.destroy()
    far.destroy()
    server.close()
  })
  if (near.connecting) await once(near, 'connect')
  const drains = { count: 0 }
  const wire = new PlainWire(near, { requests, drained: () => drains.count++ })
  near.on('drain', () => drains.count++)
  return { wire, near, far, drains, requests }
}

/** Each is told from the others. */
const part = (index: number, length: number): Buffer => Buffer.alloc(length, `${index},`)

async function restOf(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  socket.on('data', (bytes: Buffer) => parts.push(bytes))
  socket.resume()
  await once(socket, 'end')
  return Buffer.concat(parts)
}

describe('a plain wire', () => {
  it('goes round the stream as soon as it has seen how node writes', async () => {
    const requests = new WriteRequests()
    const { wire, near, far } = await pair(requests)
    expect(wire.write(Buffer.from('a'))).toBe(true)
    expect(requests.spare).toBeDefined()
    near.write = () => expect.unreachable('it went through the stream')
    for (const text of ['b', 'c']) expect(wire.write(Buffer.from(text))).toBe(true)
    expect(wire.writableLength).toBe(0)
    wire.end()
    expect((await restOf(far)).toString()).toBe('abc')
  })

  it('takes what is written before it is connected', async () => {
    const { wire, requests } = await pair()
    wire.write(Buffer.from('a'))
    expect(requests.spare).toBeDefined()
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
    onTestFinished(() => {
      socket.destroy()
      server.close()
    })
    const early = new PlainWire(socket, { requests, drained: () => undefined })
    early.write(Buffer.from('b'))
    expect(early.writableLength).toBe(1)
    early.write(Buffer.from('c'))
    early.end()
    const [end] = await accepted
    expect((await restOf(end)).toString()).toBe('bc')
  })

  it('keeps the order of what waits, says when it is taken, and ends behind it', async () => {
    const { wire, far, drains } = await pair()
    const sent: Buffer[] = []
    const write = (bytes: Buffer): boolean => {
      sent.push(bytes)
      return wire.write(bytes)
    }
    let index = 0
    while (write(part(index, 100_000))) index++
    expect(wire.writableLength).toBeGreaterThan(0)
    expect(wire.writableNeedDrain).toBe(true)
    for (let more = 0; more < 20; more++) write(part(index + more, 1000 + more))
    far.resume()
    const read: Buffer[] = []
    far.on('data', (bytes: Buffer) => read.push(bytes))
    while (drains.count === 0 || wire.writableLength > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(wire.writableNeedDrain).toBe(false)
    // Once more, from nothing waiting to an end behind what waits.
    far.pause()
    while (write(part(++index, 100_000)));
    write(Buffer.from('last'))
    wire.end()
    const rest = await restOf(far)
    expect(rest.subarray(-4).toString()).toBe('last')
    expect(Buffer.concat(read).equals(Buffer.concat(sent))).toBe(true)
  })

  it('is destroyed by a write that fails, and takes writes that come later', async () => {
    const { wire, near, far } = await pair()
    wire.write(Buffer.from('a'))
    far.resetAndDestroy()
    await once(far, 'close')
    const failed = new Promise<unknown>((resolve) => void near.once('error', resolve))
    const closed = new Promise<void>((resolve) => void near.once('close', () => resolve()))
    while (!wire.destroyed) {
      wire.write(Buffer.from('b'))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await closed
    expect(['EPIPE', 'ECONNRESET']).toContain(errnoOf(await failed))
    expect(() => wire.write(Buffer.from('c'))).not.toThrow()
  })

  it('writes through the stream where node keeps its sockets in another way', async () => {
    const { wire, near, far } = await pair()
    const { _handle: handle } = near as Socket & { _handle: unknown }
    Object.assign(near, { _handle: { writeQueueSize: 0 } })
    const through: Buffer[] = []
    near.write = (bytes: unknown) => through.push(bytes as Buffer) > 0
    for (const text of ['a', 'b']) wire.write(Buffer.from(text))
    Object.assign(near, { _handle: handle })
    expect(Buffer.concat(through).toString()).toBe('ab')
    expect(far.bytesRead).toBe(0)
  })
})

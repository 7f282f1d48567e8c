import { performance } from 'node:perf_hooks'

import type { ClientConnection } from './client-connection.ts'
import { Exchange } from './exchange.ts'
import { Body } from './http1/body.ts'
import { addedNames, editRequest, forwardingOf, type RequestPassage } from './http1/edit-request.ts'
import { badMessage } from './http1/fault.ts'
import { frameRequest } from './http1/frame.ts'
import type { RequestHead } from './http1/request-head.ts'
import { PartialHead } from './partial-head.ts'
import type { Plane } from './plane.ts'

/** Makes requests of the bytes of a client's connection, and passes their bodies on as fast as their origins take them. */
export class RequestReader {
  readonly #client: ClientConnection
  readonly #plane: Plane
  /** Whose body is being read. */
  #receiving: Exchange | undefined
  #body: Body | undefined
  #head: RequestHead | undefined
  #partial: PartialHead | undefined
  /** What came and cannot be taken yet; the socket is paused. */
  #rest: Buffer | undefined
  #passage: RequestPassage | undefined
  #paused = false
  #reading = false
  #closed = false

  constructor(client: ClientConnection, plane: Plane) {
    this.#client = client
    this.#plane = plane
  }

  /** A head has begun and is not complete. */
  get withinHead(): boolean {
    return this.#partial !== undefined
  }

  get withinBody(): boolean {
    return this.#receiving !== undefined
  }

  /** A body could go on, but nobody takes it for now. */
  get isHeldUp(): boolean {
    const exchange = this.#receiving
    return exchange !== undefined && !exchange.over && (this.#paused || exchange.upstream?.takes !== true)
  }

  /** Bytes have come. They are used or copied before this returns. */
  read(bytes: Buffer, length: number): void {
    if (this.#rest !== undefined) this.#keep(bytes, 0, length)
    else this.#feed(bytes, 0, length)
  }

  /** What could not be taken may be taken now. */
  goOn(): void {
    if (this.#reading || this.#closed) return
    const rest = this.#rest
    if (rest !== undefined) {
      this.#rest = undefined
      this.#feed(rest, 0, rest.length)
    }
    if (this.#rest === undefined && this.#paused) {
      this.#paused = false
      if (this.#receiving !== undefined) this.#client.deadline = performance.now() + this.#plane.timeouts.bodyIdleMs
      this.#client.socket.resume()
    }
  }

  /** What comes from here on is dropped. */
  close(): void {
    this.#closed = true
    this.#rest = undefined
    this.#receiving = undefined
    this.#partial = undefined
    if (this.#head !== undefined) this.#plane.giveRequestHead(this.#head)
    this.#head = undefined
    if (this.#paused) this.#client.socket.resume()
    this.#paused = false
  }

  #feed(bytes: Buffer, start: number, end: number): void {
    let at = start
    this.#reading = true
    while (at < end && !this.#closed) {
      const before = at
      at = this.#step(bytes, at, end)
      if (at === before) break
    }
    this.#reading = false
    if (at < end && !this.#closed) this.#keep(bytes, at, end)
  }

  /** Takes what it can of the bytes; returns where it stopped. */
  #step(bytes: Buffer, at: number, end: number): number {
    const { tunnel } = this.#client
    if (tunnel !== undefined) {
      tunnel.fromClient(Buffer.from(bytes.subarray(at, end)))
      return end
    }
    if (this.#receiving !== undefined) return this.#readBody(this.#receiving, bytes, at, end)
    return this.#client.admits ? this.#readHead(bytes, at, end) : at
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const more = bytes.subarray(start, end)
    this.#rest = this.#rest === undefined ? Buffer.from(more) : Buffer.concat([this.#rest, more])
    this.pause()
  }

  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#client.socket.pause()
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const head = (this.#head ??= this.#plane.takeRequestHead(this.#client.trusted))
    const partial = this.#partial
    partial?.append(bytes, at, end)
    const source = partial?.bytes ?? bytes
    const base = partial === undefined ? at : 0
    const progress = head.parse(source, base, partial?.length ?? end)
    if (progress === 'more') {
      if (partial === undefined) {
        this.#partial = new PartialHead(bytes, at, end)
        this.#client.deadline = performance.now() + this.#plane.timeouts.headMs
      }
      return end
    }
    this.#head = undefined
    this.#partial = undefined
    const next = partial === undefined ? at + head.length : end - (partial.length - head.length)
    const { fault } = head
    const behind = fault === undefined ? this.#begin(head, source, base, { bytes, at: next, end }) : end
    this.#plane.giveRequestHead(head)
    if (fault === undefined) return behind
    if (this.#client.mayChange && beginsHttp2(source, base))
      this.#client.speakHttp2(Buffer.from(source.subarray(base, partial?.length ?? end)))
    else this.#client.refuse(fault)
    return behind
  }

  /** A head is complete: takes what is there of the body, and hands the request on. */
  #begin(head: RequestHead, source: Buffer, base: number, body: Upcoming): number {
    const client = this.#client
    let behind = body.at
    let whole = true
    if (head.hasBody) {
      const reader = (this.#body ??= new Body())
      frameRequest(reader, head)
      behind = reader.read(body.bytes, body.at, body.end)
      if (reader.faulty) {
        client.refuse(badMessage('an invalid chunk'))
        return behind
      }
      whole = reader.done
    }
    const { methodStart, methodEnd, targetEnd, connection, minor } = head
    const method = methodOf(source, base + methodStart, base + methodEnd)
    const upgrade = head.upgrades
    const repeatable = !head.hasBody && !upgrade && Exchange.isIdempotent(method)
    const passage = (this.#passage ??= this.#passageOf())
    const outgoing = editRequest(head, source, base, {
      passage,
      method,
      slab: this.#plane.slab,
      single: !repeatable,
      body: body.bytes,
      bodyStart: body.at,
      bodyEnd: behind,
    })
    const exchange = new Exchange(client, {
      sequence: this.#plane.nextSequence(),
      method,
      target: source.toString('latin1', base + methodEnd + 1, base + targetEnd),
      host: head.hostStart === -1 ? undefined : source.toString('latin1', base + head.hostStart, base + head.hostEnd),
      old: minor === 0,
      keepAlive: minor === 1 ? !connection.close : connection.keepAlive && !connection.close,
      repeatable,
      upgrade,
      present: head.present | addedNames,
      outgoing,
      received: whole,
    })
    if (!whole) {
      this.#receiving = exchange
      client.deadline = performance.now() + this.#plane.timeouts.bodyIdleMs
    }
    client.begin(exchange)
    return behind
  }

  #readBody(exchange: Exchange, bytes: Buffer, at: number, end: number): number {
    const body = this.#body
    if (body === undefined || !(exchange.over || exchange.upstream?.takes === true)) return at
    const behind = body.read(bytes, at, end)
    if (body.faulty) {
      this.#receiving = undefined
      exchange.rejectBody(badMessage('an invalid chunk'))
      return end
    }
    if (behind > at && !exchange.over) {
      // The bytes lie in a buffer that the next read overwrites, and the origin may take them later.
      const copy = Buffer.from(bytes.subarray(at, behind))
      exchange.bytesIn += copy.length
      if (exchange.upstream?.sendBody(copy) === false) this.pause()
    }
    if (!body.done) this.#client.deadline = performance.now() + this.#plane.timeouts.bodyIdleMs
    else {
      this.#receiving = undefined
      this.#client.deadline = 0
      exchange.received = true
      if (exchange.over) this.#client.settle()
    }
    return behind
  }

  #passageOf(): RequestPassage {
    const { peer, socket, scheme } = this.#client
    const address = socket.localAddress ?? '127.0.0.1'
    const host = address.includes(':') ? `[${address}]` : address
    return {
      peer,
      scheme,
      told: forwardingOf(peer, scheme),
      fallbackHost: `${host}:${socket.localPort ?? (scheme === 'https' ? 443 : 80)}`,
      identifiers: this.#plane.identifiers,
    }
  }
}

/** The line that a client of HTTP/2 sends first, so that no server of HTTP/1.1 takes it for a request (RFC 9113 section 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n')

function beginsHttp2(bytes: Buffer, base: number): boolean {
  return bytes.compare(preface, 0, preface.length, base, base + preface.length) === 0
}

interface Upcoming {
  readonly bytes: Buffer
  readonly at: number
  readonly end: number
}

/** The common methods without making a string. */
function methodOf(bytes: Buffer, start: number, end: number): string {
  const length = end - start
  if (length === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54) return 'GET'
  return bytes.toString('latin1', start, end)
}

import { performance } from 'node:perf_hooks'

import { answer } from './answer.ts'
import { Exchange } from './exchange.ts'
import type { Fault } from './http1/fault.ts'
import { discardMs, lingerMs, pipelineLimit, writeIdleMs } from './limits.ts'
import type { Listener } from './listener.ts'
import type { Plane } from './plane.ts'
import { RequestReader } from './request-reader.ts'
import type { Tunnel } from './tunnel.ts'
import type { Wire } from '../support/wire/wire.ts'

const nothing = Buffer.alloc(0)

/** A connection of a client: its requests run, and their answers go out in the order of the requests. */
export class ClientConnection {
  readonly plane: Plane
  readonly listener: Listener
  readonly socket: Wire
  readonly peer: string
  /** What it says about earlier hops is believed. */
  readonly trusted: boolean
  /** `performance.now()` at which it has waited long enough for whatever it waits for; 0 where there is no limit. */
  deadline: number
  /** The request whose answer goes out; behind it those that were pipelined. */
  front: Exchange | undefined
  /** Takes the bytes of another protocol, after an upgrade. */
  tunnel: Tunnel | undefined
  /** The client takes no more bytes for now. */
  congested = false
  #back: Exchange | undefined
  #queued = 0
  #ending = false
  #used = false
  #gone = false
  readonly #reader: RequestReader
  readonly #peer: Peer

  constructor(listener: Listener, socket: Wire, peer: Peer) {
    this.plane = listener.plane
    this.listener = listener
    this.socket = socket
    this.#peer = peer
    this.peer = peer.address
    this.trusted = peer.trusted
    this.deadline = performance.now() + this.plane.timeouts.headMs
    this.#reader = new RequestReader(this, listener.plane)
  }

  get scheme(): 'http' | 'https' {
    return this.listener.asked.tls === undefined ? 'http' : 'https'
  }

  /** Nothing is under way on it. */
  get idle(): boolean {
    return this.front === undefined && this.tunnel === undefined && !this.#ending
  }

  /** Whether it may turn out to speak HTTP/2: nothing else has come by it. */
  get mayChange(): boolean {
    return this.#peer.speakHttp2 !== undefined && !this.#used
  }

  /** A further request may be read: not behind one that may change what it reads, or that may change the protocol. */
  get admits(): boolean {
    return this.#back === undefined || (this.#back.safe && this.#back.keepAlive && this.#queued < pipelineLimit)
  }

  /** Bytes have come. They are used or copied before this returns. */
  read(bytes: Buffer, length: number): void {
    this.#reader.read(bytes, length)
  }

  begin(exchange: Exchange): void {
    if (!this.#reader.withinBody) this.deadline = 0
    this.#queue(exchange)
    if (exchange !== this.front && !exchange.safe) exchange.deferred = true
    else this.plane.steering.dispatch(exchange)
  }

  /** What was read is no request; says so in its turn, and takes nothing more. */
  refuse(fault: Fault): void {
    this.#reader.close()
    const exchange = new Exchange(this, {
      sequence: this.plane.nextSequence(),
      method: 'GET',
      target: '/',
      host: undefined,
      old: false,
      keepAlive: false,
      repeatable: false,
      upgrade: false,
      received: true,
      present: 0,
      outgoing: nothing,
    })
    this.#queue(exchange)
    answer(exchange, fault)
  }

  /** Sends bytes of an answer. False: the client takes no more for now. */
  write(bytes: Buffer): boolean {
    if (this.#gone || this.socket.write(bytes) || this.socket.writableLength === 0) return true
    this.congested = true
    this.deadline = performance.now() + writeIdleMs
    return false
  }

  drained(): void {
    this.tunnel?.clientDrained()
    if (!this.congested) return
    this.congested = false
    this.deadline = 0
    this.front?.source?.resume()
  }

  /** The client goes on in HTTP/2, which it has known to be spoken here: what it has sent is given up with the socket. */
  speakHttp2(bytes: Buffer): void {
    this.#gone = true
    this.#reader.close()
    this.listener.forget(this)
    this.#peer.speakHttp2?.(bytes)
  }

  /** The origin takes more of the body that is being read. */
  resumeBody(): void {
    this.#reader.goOn()
  }

  pause(): void {
    this.#reader.pause()
  }

  /** An answer is whole; the next in line goes out, and more may be read. */
  answered(exchange: Exchange, now: number): void {
    if (this.front !== exchange) return
    while (this.front?.complete === true) {
      const done: Exchange = this.front
      this.front = done.next
      this.#queued--
      if (!done.keepAlive) return this.end()
      this.front?.flush()
    }
    if (this.front === undefined) this.#back = undefined
    else if (this.front.deferred) {
      this.front.deferred = false
      this.plane.steering.dispatch(this.front)
    }
    this.settle(now)
  }

  /** Something is over: waits for what comes next. */
  settle(now = performance.now()): void {
    if (this.#gone || this.#ending) return
    if (this.front === undefined) {
      if (!this.listener.listening && !this.listener.retired) return this.end()
      this.deadline = now + (this.#reader.withinBody ? discardMs : this.plane.timeouts.idleMs)
    }
    this.#reader.goOn()
  }

  /** From here on bytes are another protocol's. */
  openTunnel(tunnel: Tunnel): void {
    this.tunnel = tunnel
    this.deadline = 0
    this.#reader.goOn()
  }

  /** Sends what waits, then ends; what the client still says is dropped, so that it can read the answer. */
  end(): void {
    if (this.#gone || this.#ending) return
    this.#ending = true
    this.#reader.close()
    this.deadline = performance.now() + (this.socket.writableLength > 0 ? writeIdleMs : lingerMs)
    this.socket.end()
  }

  /** The client has ended its side. */
  ended(): void {
    if (this.tunnel !== undefined) this.tunnel.clientEnded()
    // It cannot be told from a client that is gone, so nothing is done for it any longer.
    else if (this.front === undefined) this.socket.destroySoon()
    else this.cut(false)
  }

  /** A deadline has passed. */
  expire(): void {
    this.deadline = 0
    // It is the origin, not the client, that takes its time; and calls may be silent both ways for as long as they like.
    if (this.#reader.isHeldUp || this.front?.isCall === true)
      this.deadline = performance.now() + this.plane.timeouts.bodyIdleMs
    else if (this.front === undefined && this.#reader.withinHead)
      this.refuse({ status: 408, why: 'the head took too long' })
    else if (this.idle && !this.#reader.withinBody) this.end()
    else this.cut(false)
  }

  cut(reset: boolean): void {
    if (reset && this.#peer.reset !== undefined) this.#peer.reset()
    else this.socket.destroy()
    this.closed()
  }

  /** The connection is gone, and with it all requests that came by it. */
  closed(): void {
    if (this.#gone) return
    this.#gone = true
    this.#reader.close()
    for (let one = this.front; one !== undefined; one = one.next) one.abandon()
    this.front = undefined
    this.tunnel?.clientClosed()
    this.listener.forget(this)
  }

  #queue(exchange: Exchange): void {
    this.#used = true
    if (this.#back === undefined) this.front = exchange
    else this.#back.next = exchange
    this.#back = exchange
    this.#queued++
  }
}

export interface Peer {
  readonly address: string
  readonly trusted: boolean
  /** Cuts the connection so that it cannot be taken for an orderly end; absent where streams are reset by themselves. */
  readonly reset?: () => void
  /** Takes over the socket with what was read of it; absent where HTTP/2 is not begun this way. */
  readonly speakHttp2?: (bytes: Buffer) => void
}

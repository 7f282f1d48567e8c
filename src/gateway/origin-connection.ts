import { performance } from 'node:perf_hooks'

import { AnswerReader, type Arrived } from './answer-reader.ts'
import type { Exchange } from './exchange.ts'
import { connectMs, originIdleMs, repeatLimitBytes } from './limits.ts'
import type { Origin } from './origin.ts'
import type { Plane } from './plane.ts'
import { openTunnel } from './open-tunnel.ts'
import type { Tunnel } from './tunnel.ts'
import type { Wire } from '../support/wire/wire.ts'

interface Completion {
  /** Both ends know that the connection can carry a further request. */
  readonly reusable: boolean
  /** How long the origin keeps it. */
  readonly idleMs: number
  /** Of `performance.now()`. */
  readonly now: number
}

type State = 'connecting' | 'idle' | 'busy' | 'tunnel' | 'closed'

/** A connection to an origin: carries one request after the other, never two at once. */
export class OriginConnection {
  readonly origin: Origin
  readonly plane: Plane
  readonly socket: Wire
  /** While connecting or idle: `performance.now()` at which it is given up; 0 otherwise. */
  deadline: number
  #state: State = 'connecting'
  #exchange: Exchange | undefined
  #reused = false
  #congested = false
  #paused = false
  #reason = 'closed'
  #untouched = false
  /** What of the body was sent behind the head, as long as it may have to be sent again. */
  #sent: Buffer[] | undefined
  #sentBytes = 0
  #tunnel: Tunnel | undefined
  readonly #answer: AnswerReader

  constructor(origin: Origin, plane: Plane) {
    this.origin = origin
    this.plane = plane
    this.deadline = performance.now() + connectMs
    this.#answer = new AnswerReader(this)
    this.socket = origin.dial({
      connected: () => this.#connected(),
      drained: () => this.#drained(),
      ended: () => this.#ended(),
      failed: (reason, untouched = false) => {
        this.#reason = reason
        this.#untouched = untouched
      },
      closed: () => this.#closed(),
      read: (bytes, length) => this.#read(bytes, length),
    })
  }

  get idle(): boolean {
    return this.#state === 'idle'
  }

  /** It takes more of a request's body. */
  get takes(): boolean {
    return this.#state === 'busy' && !this.#congested
  }

  /** Carries a request, as soon as there is a connection. */
  carry(exchange: Exchange): void {
    this.#exchange = exchange
    exchange.upstream = this
    if (this.#state === 'idle') this.#send(exchange)
  }

  /** False: the origin takes no more for now. */
  sendBody(bytes: Buffer): boolean {
    this.#remember(bytes)
    return this.#write(bytes)
  }

  #write(bytes: Buffer): boolean {
    if (this.socket.write(bytes) || this.socket.writableLength === 0) return true
    this.#congested = true
    return false
  }

  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.socket.resume()
  }

  /** The origin has taken the upgrade: from here on bytes are another protocol's. Returns where they begin. */
  upgraded(exchange: Exchange, arrived: Arrived): number {
    const tunnel = openTunnel(exchange, this, arrived)
    this.#state = 'tunnel'
    this.#tunnel = tunnel
    if (arrived.end > arrived.at) tunnel.fromOrigin(Buffer.from(arrived.bytes.subarray(arrived.at, arrived.end)))
    exchange.client.openTunnel(tunnel)
    return arrived.end
  }

  /** The answer is whole. */
  complete({ reusable, idleMs, now }: Completion): void {
    const exchange = this.#exchange
    if (exchange === undefined) return
    this.#exchange = undefined
    exchange.upstream = undefined
    const open = reusable && exchange.received && this.socket.writableLength === 0
    this.#reused = true
    this.#state = 'idle'
    // A pause was for the client that has its answer now.
    this.resume()
    this.deadline = now + Math.min(idleMs, originIdleMs)
    if (!open || !this.origin.keep(this)) this.abandon()
  }

  /** Ends it; whoever had it in hand has let go of it. */
  abandon(): void {
    this.#exchange = undefined
    this.#state = 'closed'
    this.deadline = 0
    this.origin.dropped(this)
    this.socket.destroy()
  }

  /** The connection cannot carry its request any further. */
  lose(reason: string): void {
    const exchange = this.#exchange
    const refused = this.#state === 'connecting'
    const stale = this.#reused && !this.#answer.begun && exchange?.repeatable === true
    const again = stale || (this.#untouched && exchange !== undefined && this.#canRepeat(exchange))
    this.abandon()
    if (exchange === undefined || exchange.over) return
    exchange.upstream = undefined
    exchange.source = undefined
    if (exchange.answered) return exchange.cut()
    exchange.release()
    const { steering } = this.plane
    if (refused) steering.refused(exchange, this.origin)
    else if (again) steering.stale(exchange)
    else steering.failed(exchange, reason)
  }

  expire(): void {
    if (this.#state === 'connecting') this.lose('it did not accept in time')
    else this.abandon()
  }

  #connected(): void {
    if (this.#state === 'closed') return
    this.#state = 'idle'
    this.deadline = 0
    if (this.#exchange !== undefined) this.#send(this.#exchange)
  }

  #send(exchange: Exchange): void {
    this.deadline = 0
    this.#state = 'busy'
    this.#answer.begin(exchange)
    exchange.source = this
    this.#sent = this.origin.multiplexed && !exchange.fresh ? [] : undefined
    const takes = this.#write(exchange.outgoing)
    if (takes && !exchange.received) exchange.client.resumeBody()
  }

  #remember(bytes: Buffer): void {
    this.#sentBytes += bytes.length
    if (this.#answer.begun || this.#sentBytes > repeatLimitBytes) this.#sent = undefined
    this.#sent?.push(bytes)
  }

  /** The origin has done nothing for it, so it may be sent once more, if all that was sent of it is still there. */
  #canRepeat(exchange: Exchange): boolean {
    if (exchange.fresh || exchange.answered || this.#sent === undefined) return false
    exchange.outgoing = Buffer.concat([exchange.outgoing, ...this.#sent])
    return true
  }

  #read(bytes: Buffer, length: number): void {
    if (this.#state === 'busy') this.#answer.read(bytes, length)
    else if (this.#state === 'tunnel') this.#tunnel?.fromOrigin(Buffer.from(bytes.subarray(0, length)))
    // An answer to nothing would be taken for that of the next request.
    else this.abandon()
  }

  #drained(): void {
    if (!this.#congested && this.#tunnel === undefined) return
    this.#congested = false
    if (this.#tunnel !== undefined) this.#tunnel.originDrained()
    else this.#exchange?.client.resumeBody()
  }

  #ended(): void {
    if (this.#state === 'tunnel') this.#tunnel?.originEnded()
    else if (this.#state === 'busy' && this.#answer.endsWithConnection) this.#answer.connectionEnded()
    else this.lose('closed')
  }

  #closed(): void {
    if (this.#state === 'tunnel') {
      if (this.#reason === 'closed') this.#tunnel?.originClosed()
      else this.#tunnel?.originFailed()
      this.abandon()
    } else if (this.#state !== 'closed') this.lose(this.#reason)
  }
}

import { performance } from 'node:perf_hooks'

import type { LaneEntry, TableEntry } from '../model/table.ts'
import { answer } from './answer.ts'
import type { Claimant } from './claims.ts'
import type { ClientConnection } from './client-connection.ts'
import { statusClass, type Tally } from './counters.ts'
import type { Fault } from './http1/fault.ts'
import { firstValue } from './http1/find-field.ts'
import type { LaneRequest } from './lanes/request.ts'
import type { Way } from './lanes/service-lanes.ts'
import type { Origin } from './origin.ts'
import type { OriginConnection } from './origin-connection.ts'
import { endCall } from './call.ts'
import { hostName, splitTarget, type Sought } from './route.ts'
import type { Waiter } from './waiting-room.ts'

export interface Asked {
  readonly sequence: number
  readonly method: string
  readonly target: string
  /** As sent; undefined where there is none. */
  readonly host: string | undefined
  /** A client of HTTP/1.0 knows no chunks and no interim answers. */
  readonly old: boolean
  readonly keepAlive: boolean
  /** It may be sent again on a new connection if a kept one turns out to be closed. */
  readonly repeatable: boolean
  readonly upgrade: boolean
  /** All of its body has come. */
  readonly received: boolean
  /** Bits of the names that the head of `outgoing` may have (`http1/presence.ts`). */
  readonly present: number
  /** What the origin gets: head, and the first bytes of the body. */
  readonly outgoing: Buffer
}

/** Where an answer's bytes come from; it was stopped when the client did not take more. */
export interface Source {
  resume(): void
}

/** Methods whose repetition changes nothing (RFC 9110 section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])
/** Methods that change nothing at all: pipelined ones may run side by side (RFC 9112 section 9.3.2). */
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

const contentType = Buffer.from('content-type')

/** One request of a client and what became of it. */
export class Exchange implements Waiter, Sought, LaneRequest, Claimant {
  readonly client: ClientConnection
  readonly sequence: number
  readonly method: string
  readonly target: string
  readonly old: boolean
  readonly upgrade: boolean
  readonly repeatable: boolean
  readonly safe: boolean
  readonly startedAt: number
  readonly present: number
  outgoing: Buffer
  /** The client's connection goes on after the answer. */
  keepAlive: boolean
  /** All of the request's body has come. */
  received: boolean
  deadline: number | undefined
  /** The next attempt goes on a new connection. */
  fresh = false
  /** What to undo when the client goes away or the request is over; set by whoever has it in hand. */
  gone: (() => void) | undefined
  /** Ends a stream in the most orderly way its protocol knows; where absent, the client is cut. */
  ending: (() => void) | undefined
  source: Source | undefined
  entry: TableEntry | undefined
  /** The lane of the entry that it was sent to. */
  lane: LaneEntry | undefined
  origin: Origin | undefined
  claimPlace = -1
  /** The instance that had it last, and the number of the release that it runs. */
  instance: string | undefined
  releaseNumber: number | undefined
  dealt: number | undefined
  upstream: OriginConnection | undefined
  /** The request behind it on the same connection. */
  next: Exchange | undefined
  /** Waits for earlier requests of its connection, for it may change what they read. */
  deferred = false
  /** The whole answer has been sent, or waits for its turn. */
  complete = false
  status = 0
  bytesIn: number
  bytesOut = 0
  /** It became a stream: its length says nothing about how fast the app is. */
  streamed = false
  /** The answer goes to the client in chunks, as the origin has made them. */
  chunked = false
  #waiting: Buffer[] | undefined
  #tally: Tally | undefined
  #over = false
  #path: string | undefined
  #isCall: boolean | undefined
  readonly #host: string | undefined

  constructor(client: ClientConnection, asked: Asked) {
    this.client = client
    this.sequence = asked.sequence
    this.method = asked.method
    this.target = asked.target
    this.#host = asked.host
    this.old = asked.old
    this.keepAlive = asked.keepAlive
    this.upgrade = asked.upgrade
    this.present = asked.present
    this.outgoing = asked.outgoing
    this.received = asked.received
    this.repeatable = asked.repeatable
    this.safe = !asked.upgrade && (asked.method === 'GET' || safe.has(asked.method))
    this.bytesIn = asked.outgoing.length
    this.startedAt = performance.now()
  }

  static isIdempotent(method: string): boolean {
    return method === 'GET' || idempotent.has(method)
  }

  get listeners(): readonly string[] {
    return this.client.listener.keys
  }

  get path(): string {
    return (this.#path ??= splitTarget(this.target).path)
  }

  get host(): string | undefined {
    // A target in absolute form beats the Host field (RFC 9112 section 3.2.2).
    return hostName(splitTarget(this.target).authority ?? this.#host)
  }

  /** A call of gRPC: its outcome is told in trailer fields, and it may be a stream both ways. */
  get isCall(): boolean {
    return (this.#isCall ??= /^application\/grpc(?:[+;]|$)/i.test(firstValue(this.outgoing, contentType) ?? ''))
  }

  get over(): boolean {
    return this.#over
  }

  get answered(): boolean {
    return this.status !== 0
  }

  /** From here on it counts for a lane; it must not have claimed anything. */
  routeBy({ lane, tally }: Way): void {
    this.lane = lane
    this.#tally = tally
  }

  countHeld(): void {
    if (this.#tally !== undefined && this.deadline === undefined) this.#tally.heldTotal++
  }

  countRetry(): void {
    if (this.#tally !== undefined) this.#tally.retried++
  }

  countLost(): void {
    if (this.#tally !== undefined) this.#tally.lost++
  }

  /** Counts the head that the client gets. */
  countAnswer(status: number): void {
    if (this.status !== 0) return
    this.status = status
    if (this.#tally !== undefined) this.#tally.statusClasses[statusClass(status)]++
  }

  /** Counts it on an origin of a lane that serves this release; nothing may be awaited between the choice of the origin and this call. */
  claim(origin: Origin, release: number): void {
    this.origin = origin
    this.releaseNumber = origin.target.release ?? release
    this.instance = origin.target.id
    origin.claims.add(this)
    if (this.#tally !== undefined) this.#tally.inFlight++
  }

  /** Gives the origin back; only the first call after a claim counts. */
  release(): void {
    const { origin } = this
    if (origin === undefined) return
    this.origin = undefined
    if (this.#tally !== undefined) this.#tally.inFlight--
    origin.released(this)
  }

  /** Passes bytes of the answer on, in the turn of the request. False: enough for now, until the source is resumed. */
  send(bytes: Buffer): boolean {
    if (this.#over) return true
    this.bytesOut += bytes.length
    if (this.client.front === this) return this.client.write(bytes)
    this.#waiting ??= []
    this.#waiting.push(bytes)
    return false
  }

  /** It is its turn: what waited goes out. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) for (const bytes of waiting) this.client.write(bytes)
    if (!this.client.congested) this.source?.resume()
  }

  /** The answer is whole. `now`: of `performance.now()`, which is not cheap. */
  end(now = performance.now()): void {
    if (this.#over) return
    this.complete = true
    this.release()
    this.finish(now)
    this.client.answered(this, now)
  }

  /** Cuts the client so that it notices: the message stays incomplete. */
  cut(): void {
    if (this.#over) return
    this.countLost()
    if (this.#tally !== undefined) this.#tally.resets++
    this.abandon()
    // A client of HTTP/1.0 takes an orderly end for the end of the body, so it must see a reset.
    this.client.cut(this.old)
  }

  /** The rest of its body cannot be read: the origin must not take what it has for all. */
  rejectBody(fault: Fault): void {
    if (this.#over || this.answered) return this.client.cut(this.old)
    const { upstream } = this
    this.upstream = undefined
    upstream?.abandon()
    this.release()
    this.keepAlive = false
    answer(this, fault)
  }

  /** Ends what is left of it at a deadline. */
  endEarly(): void {
    if (this.ending !== undefined) this.ending()
    else if (this.isCall) endCall(this)
    else this.cut()
  }

  /** Lets go of all that it holds; the client gets nothing more of it. */
  abandon(): void {
    if (this.#over) return
    this.finish()
    const { upstream } = this
    this.upstream = undefined
    upstream?.abandon()
    this.release()
  }

  /** Nothing more will be sent to the client for this request. */
  finish(now = performance.now()): void {
    if (this.#over) return
    this.#over = true
    const { gone } = this
    this.gone = undefined
    gone?.()
    this.source = undefined
    this.#tally?.finish(this, now)
    this.client.plane.steering.over(this)
  }
}

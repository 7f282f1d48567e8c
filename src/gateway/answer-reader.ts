import { performance } from 'node:perf_hooks'

import { deliver, passInterim } from './deliver.ts'
import type { Exchange } from './exchange.ts'
import { Body } from './http1/body.ts'
import type { ChunkSink } from './http1/chunks.ts'
import { frameAnswer } from './http1/frame.ts'
import type { ResponseHead } from './http1/response-head.ts'
import { originIdleMs } from './limits.ts'
import type { OriginConnection } from './origin-connection.ts'
import { PartialHead } from './partial-head.ts'

/** Gets the body of an answer without its framing, where it is not passed on as it is. */
export interface Outflow extends ChunkSink {
  /** The body is whole. */
  end(): void
}

/** Bytes of an answer that have come: the head from `base` of `source`, what is behind it from `at` of `bytes`. */
export interface Arrived {
  readonly head: ResponseHead
  readonly source: Buffer
  readonly base: number
  readonly bytes: Buffer
  readonly at: number
  readonly end: number
}

/** Reads the answers of an origin's connection, and finds where each of them ends. */
export class AnswerReader {
  readonly #connection: OriginConnection
  #exchange: Exchange | undefined
  /** Some of the present answer has come. */
  begun = false
  #head: ResponseHead | undefined
  #partial: PartialHead | undefined
  readonly #body = new Body()
  #withinBody = false
  #persistent = false
  #idleMs = originIdleMs
  #outflow: Outflow | undefined

  constructor(connection: OriginConnection) {
    this.#connection = connection
  }

  begin(exchange: Exchange): void {
    this.#exchange = exchange
    this.begun = false
    this.#withinBody = false
    this.#outflow = undefined
  }

  /** Nothing but the end of the connection ends the answer. */
  get endsWithConnection(): boolean {
    return this.#withinBody && this.#body.endsWithConnection
  }

  connectionEnded(): void {
    this.#complete(false)
  }

  read(bytes: Buffer, length: number): void {
    this.begun = true
    let at = 0
    while (at < length && this.#exchange !== undefined && !this.#exchange.over) {
      if (this.#withinBody) at = this.#readBody(this.#exchange, bytes, at, length)
      else at = this.#readHead(this.#exchange, bytes, at, length)
    }
  }

  #readHead(exchange: Exchange, bytes: Buffer, at: number, end: number): number {
    const head = (this.#head ??= this.#connection.plane.takeResponseHead())
    const partial = this.#partial
    partial?.append(bytes, at, end)
    const source = partial?.bytes ?? bytes
    const base = partial === undefined ? at : 0
    const progress = head.parse(source, base, partial?.length ?? end)
    if (progress === 'more') {
      if (partial === undefined) this.#partial = new PartialHead(bytes, at, end)
      return end
    }
    this.#head = undefined
    this.#partial = undefined
    if (head.fault !== undefined) {
      this.#connection.lose(`it answered with ${head.fault.why}`)
      return end
    }
    const next = partial === undefined ? at + head.length : end - (partial.length - head.length)
    const behind = this.#take(exchange, { head, source, base, bytes, at: next, end })
    this.#connection.plane.giveResponseHead(head)
    return behind
  }

  #take(exchange: Exchange, arrived: Arrived): number {
    const { head } = arrived
    if (head.status === 101) {
      if (exchange.upgrade) return this.#connection.upgraded(exchange, arrived)
      this.#connection.lose('it switched protocols without being asked')
      return arrived.end
    }
    if (head.status < 200) {
      passInterim(exchange, arrived)
      return arrived.at
    }
    frameAnswer(this.#body, head, exchange.method)
    this.#withinBody = true
    this.#persistent = head.minor === 1 ? !head.connection.close : head.connection.keepAlive
    // One second less than its word: the word counts from when it sent the answer.
    this.#idleMs = head.keepAliveMs === 0 ? originIdleMs : Math.max(1, head.keepAliveMs - 1000)
    const delivery = deliver(exchange, arrived, this.#body)
    this.#outflow = delivery.outflow
    if (this.#body.faulty) this.#connection.lose('it sent an invalid chunk')
    else if (this.#body.done) this.#complete(delivery.behind === arrived.end)
    else if (!delivery.more) this.#connection.pause()
    return delivery.behind
  }

  #readBody(exchange: Exchange, bytes: Buffer, at: number, end: number): number {
    const behind = this.#body.read(bytes, at, end, this.#outflow)
    if (this.#body.faulty) {
      this.#connection.lose('it sent an invalid chunk')
      return end
    }
    // The bytes lie in a buffer that the next read overwrites, and the client may take them later.
    if (this.#outflow === undefined && behind > at && !exchange.send(Buffer.from(bytes.subarray(at, behind))))
      this.#connection.pause()
    if (this.#body.done) this.#complete(behind === end)
    return behind
  }

  #complete(clean: boolean): void {
    const exchange = this.#exchange
    const outflow = this.#outflow
    this.#exchange = undefined
    this.#outflow = undefined
    this.#withinBody = false
    const now = performance.now()
    this.#connection.complete({ reusable: this.#persistent && clean, idleMs: this.#idleMs, now })
    if (outflow === undefined) exchange?.end(now)
    else outflow.end()
  }
}

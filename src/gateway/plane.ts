import type { Pages } from './browser/pages.ts'
import type { Exchange } from './exchange.ts'
import type { GatewayOptions, Timeouts } from './gateway.ts'
import { Identifiers } from './http1/identifiers.ts'
import { RequestHead } from './http1/request-head.ts'
import { ResponseHead } from './http1/response-head.ts'
import { Slab } from './http1/slab.ts'
import { defaultTimeouts } from './limits.ts'
import type { Origin } from './origin.ts'
import { WriteRequests } from '../support/wire/write-requests.ts'

/** Who decides what becomes of a request. */
export interface Steering {
  /** A request has been read as far as it takes to route it. */
  dispatch(exchange: Exchange): void
  /** No connection came about, so nothing was sent: the request may wait or go elsewhere. */
  refused(exchange: Exchange, origin: Origin): void
  /** A kept connection was closed before any byte of an answer, and the request may be repeated. */
  stale(exchange: Exchange): void
  /** The origin failed after it may have seen the request. */
  failed(exchange: Exchange, reason: string): void
  /** Nothing of the request is left. */
  over(exchange: Exchange): void
}

export interface PlaneOptions {
  readonly steering: Steering
  readonly pages: Pages
  readonly options: GatewayOptions
}

const readBytes = 64 * 1024
/** Parsers that wait for the next head. */
const keptHeads = 64

/** What all connections of one gateway share, so that an idle one costs little. */
export class Plane {
  readonly steering: Steering
  readonly pages: Pages
  /** Tell in `x-hotlane-release` which release answered. */
  readonly tellRelease: boolean
  readonly timeouts: Timeouts
  /** What a client is told whose connection goes on. */
  readonly keepAliveLines: string
  /**
   * Whatever comes from any socket comes here, and is only valid until the callback that is told of it returns: a
   * connection that reads nothing owns no buffer.
   */
  readonly readBuffer = Buffer.allocUnsafeSlow(readBytes)
  readonly identifiers = new Identifiers()
  readonly slab = new Slab()
  readonly writeRequests = new WriteRequests()
  readonly #requestHeads: RequestHead[] = []
  readonly #responseHeads: ResponseHead[] = []
  #sequence = 0

  constructor({ steering, pages, options }: PlaneOptions) {
    this.steering = steering
    this.pages = pages
    this.tellRelease = options.tellRelease
    this.timeouts = { ...defaultTimeouts, ...options.timeouts }
    const seconds = Math.floor(this.timeouts.idleMs / 1000)
    this.keepAliveLines = `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n`
  }

  nextSequence(): number {
    return ++this.#sequence
  }

  /** A head to parse into; a message that comes at once gives it back at once. */
  takeRequestHead(trusted: boolean): RequestHead {
    const head = this.#requestHeads.pop() ?? new RequestHead()
    head.renew(trusted)
    return head
  }

  giveRequestHead(head: RequestHead): void {
    if (this.#requestHeads.length < keptHeads) this.#requestHeads.push(head)
  }

  takeResponseHead(): ResponseHead {
    const head = this.#responseHeads.pop() ?? new ResponseHead()
    head.renew()
    return head
  }

  giveResponseHead(head: ResponseHead): void {
    if (this.#responseHeads.length < keptHeads) this.#responseHeads.push(head)
  }
}

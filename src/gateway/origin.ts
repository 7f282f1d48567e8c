import { performance } from 'node:perf_hooks'

import type { Target } from '../model/table.ts'
import { Claims } from './claims.ts'
import type { Exchange } from './exchange.ts'
import { dial } from './dial.ts'
import { OriginSessions } from './http2/origin-sessions.ts'
import { idleLimit } from './limits.ts'
import { OriginConnection } from './origin-connection.ts'
import type { Plane } from './plane.ts'
import type { Wire } from '../support/wire/wire.ts'
import type { WireEnds } from './wire-ends.ts'

/** A target with its connections and the requests that are on it. */
export class Origin {
  readonly target: Target
  /** The requests that have claimed it. */
  readonly claims = new Claims<Exchange>()
  readonly connections = new Set<OriginConnection>()
  /** It refused a connection; it gets no requests until it accepts again. */
  refused = false
  readonly #plane: Plane
  readonly #idle: OriginConnection[] = []
  readonly #emptied = new Set<() => void>()
  readonly #unused: (origin: Origin) => void
  readonly #sessions: OriginSessions | undefined
  #listed = true

  /** `unused` is called whenever it has no request any more. */
  constructor(target: Target, plane: Plane, unused: (origin: Origin) => void) {
    this.target = target
    this.#plane = plane
    this.#unused = unused
    this.#sessions = target.protocol === 'h2c' ? new OriginSessions(target) : undefined
  }

  /** Its requests share connections. */
  get multiplexed(): boolean {
    return this.#sessions !== undefined
  }

  /** It is in the table. One that is not keeps no connections. */
  get listed(): boolean {
    return this.#listed
  }

  set listed(listed: boolean) {
    this.#listed = listed
    if (!listed) this.closeIdle()
  }

  /**
   * Sends a request that has claimed it. Only what may be sent again if a kept connection turns out to be closed goes on
   * one: the origin may close it at any moment, and nothing tells whether it has read what came last.
   */
  forward(exchange: Exchange): void {
    const kept = exchange.repeatable && !exchange.fresh ? this.#takeIdle() : undefined
    kept?.carry(exchange)
    if (kept !== undefined) return
    const connection = new OriginConnection(this, this.#plane)
    this.connections.add(connection)
    connection.carry(exchange)
  }

  /** Begins a connection, or what is as good as one. */
  dial(ends: WireEnds): Wire {
    if (this.#sessions !== undefined) return this.#sessions.dial(ends)
    const { readBuffer: buffer, writeRequests: requests } = this.#plane
    return dial(this.target, { buffer, requests }, ends)
  }

  /** Keeps a connection for the next request; false where it is not wanted. */
  keep(connection: OriginConnection): boolean {
    if (!this.#listed || this.#idle.length >= idleLimit) return false
    this.#idle.push(connection)
    return true
  }

  dropped(connection: OriginConnection): void {
    if (!this.connections.delete(connection)) return
    const index = this.#idle.lastIndexOf(connection)
    if (index !== -1) this.#idle.splice(index, 1)
  }

  closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.abandon()
    this.#sessions?.close()
  }

  released(exchange: Exchange): void {
    if (!this.claims.delete(exchange) || this.claims.size > 0) return
    for (const tell of this.#emptied) tell()
    this.#emptied.clear()
    this.#unused(this)
  }

  /** Calls back once when no request is on it, at once if so now. Returns what unsubscribes. */
  whenEmpty(tell: () => void): () => void {
    if (this.claims.size === 0) tell()
    else this.#emptied.add(tell)
    return () => this.#emptied.delete(tell)
  }

  destroy(): void {
    this.listed = false
    for (const connection of this.connections) connection.abandon()
    this.#sessions?.destroy()
  }

  /** The one that was used last: it is the least likely to be closed under the request. */
  #takeIdle(): OriginConnection | undefined {
    const connection = this.#idle.pop()
    if (connection === undefined || connection.deadline > performance.now()) return connection
    connection.abandon()
    // All others have waited longer, if not for a shorter time.
    return this.#takeIdle()
  }
}

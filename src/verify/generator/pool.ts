import { Connection, type ConnectionOptions } from './connection.ts'
import type { Exchange } from './exchange.ts'

/** Connections in use at most; what is due beyond waits, and its wait counts as latency. */
const most = 4096

/** `answered`: an exchange was settled just now. */
type FreeListener = (answered: boolean) => void

/**
 * Connections of a load: so many are kept alive and used in turn, so that each is used; one that needs more opens more,
 * and a fresh request opens its own.
 */
export class Pool {
  readonly #options: Omit<ConnectionOptions, 'onFree' | 'onClosed'>
  readonly #kept: number
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #waiting: Exchange[] = []
  readonly #onFree: FreeListener | undefined
  #opened = 0

  /** `onFree` is told when a kept connection has nothing to do, or there is room for another. */
  constructor(options: Omit<ConnectionOptions, 'onFree' | 'onClosed'>, kept: number, onFree?: FreeListener) {
    this.#options = options
    this.#kept = kept
    this.#onFree = onFree
  }

  get opened(): number {
    return this.#opened
  }

  get inFlight(): number {
    let count = this.#waiting.length
    for (const connection of this.#all) if (connection.exchange !== undefined) count++
    return count
  }

  /** Opens the kept connections before they are needed. */
  fill(): void {
    while (this.#all.size < this.#kept) this.#idle.push(this.#open())
  }

  send(exchange: Exchange): void {
    if (!exchange.fresh) {
      const idle = this.#next()
      if (idle !== undefined) return idle.send(exchange)
    }
    if (this.#all.size >= most) this.#waiting.push(exchange)
    else this.#open().send(exchange)
  }

  /** Gives up what has passed its deadline. */
  expire(now: number): void {
    for (const connection of this.#all) {
      if ((connection.exchange?.deadline ?? Infinity) <= now) connection.abandon('timeout')
    }
    while (this.#waiting[0] !== undefined && this.#waiting[0].deadline <= now) {
      const late = this.#waiting.shift()
      if (late !== undefined) this.#options.onSettled(late, 'timeout', undefined, 0)
    }
  }

  /** Ends everything; what had no answer yet is unfinished. */
  close(): void {
    for (const exchange of this.#waiting.splice(0)) this.#options.onSettled(exchange, 'unfinished', undefined, 0)
    for (const connection of this.#all) connection.abandon('unfinished')
  }

  #open(): Connection {
    this.#opened++
    const connection = new Connection({ ...this.#options, onFree: this.#free, onClosed: this.#closed })
    this.#all.add(connection)
    return connection
  }

  /** The connection that has been idle for longest, without the cost of shifting an array. */
  #turn = 0
  #next(): Connection | undefined {
    for (;;) {
      const idle = this.#idle[this.#turn]
      if (idle === undefined) return undefined
      this.#turn++
      if (this.#turn > 1024) {
        this.#idle.splice(0, this.#turn)
        this.#turn = 0
      }
      if (idle.open) return idle
    }
  }

  readonly #free = (connection: Connection): void => {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) return connection.send(waiting)
    if (this.#idle.length - this.#turn >= this.#kept) return connection.abandon('unfinished')
    this.#idle.push(connection)
    this.#onFree?.(true)
  }

  readonly #closed = (connection: Connection): void => {
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection, this.#turn)
    if (at !== -1) this.#idle.splice(at, 1)
    const waiting = this.#all.size < most ? this.#waiting.shift() : undefined
    if (waiting !== undefined) this.#open().send(waiting)
    this.#onFree?.(false)
  }
}

import { EventEmitter, once } from 'node:events'

/**
 * What a loss client saw. Rules: a request that *started* after an answer of version N had arrived must not be answered
 * by a version below N, on whatever connection; and answers on one connection never go back. Times are milliseconds of
 * `performance.now()`.
 */
export class Ledger {
  /** Answers of status 2xx that told their version. */
  served = 0
  /** `{ at, kind, detail, connection }`; kinds: refused, reset, timeout, status, unreadable, other. */
  failures = []
  /** `{ at, version, floor, connection, rule }`; rule: `global` or `connection`. */
  backwards = []
  /** Version -> when its first answer arrived. */
  firstSeen = new Map()
  latencies = []
  /** Connection -> highest version seen on it; entries of closed connections are forgotten. */
  connections = new Map()
  connectionsOpened = 0
  newest = Number.NEGATIVE_INFINITY
  /** @readonly */
  #changed = new EventEmitter().setMaxListeners(0)

  get requests() {
    return this.served + this.failures.length
  }

  /** Call before a request is sent; hand the ticket to `answer` or `fail`. */
  begin() {
    return { startedAt: performance.now(), floor: this.newest }
  }

  answer(ticket, { version, connection }) {
    const at = performance.now()
    this.served++
    this.latencies.push(at - ticket.startedAt)
    const before = this.connections.get(connection) ?? Number.NEGATIVE_INFINITY
    const floor = Math.max(before, ticket.floor)
    const rule = version < before ? 'connection' : 'global'
    if (version < floor) this.backwards.push({ at, version, floor, connection, rule })
    this.connections.set(connection, Math.max(before, version))
    this.newest = Math.max(this.newest, version)
    if (!this.firstSeen.has(version)) this.firstSeen.set(version, at)
    this.#changed.emit('request')
  }

  fail({ kind, detail, connection }) {
    this.failures.push({ at: performance.now(), kind, detail, connection })
    this.#changed.emit('request')
  }

  opened() {
    return ++this.connectionsOpened
  }

  closed(connection) {
    this.connections.delete(connection)
  }

  /** Resolves with the time at which a version of at least `version` was first answered. */
  async sawVersion(version, signal) {
    await this.#until(() => this.newest >= version, signal)
    return this.firstSeen.get(version) ?? this.firstSeen.get(this.newest)
  }

  /** Resolves when `count` more requests have ended, well or not. */
  async sawRequests(count, signal) {
    const target = this.requests + count
    await this.#until(() => this.requests >= target, signal)
  }

  async #until(holds, signal) {
    while (!holds()) {
      await once(this.#changed, 'request', { signal }).catch((error) => {
        signal.throwIfAborted()
        throw error
      })
    }
  }
}

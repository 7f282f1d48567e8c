import type { RoutingTable, TableEntry } from '../model/table.ts'
import { formatDuration } from '../support/duration.ts'
import { answer } from './answer.ts'
import { isNavigation } from './browser/navigation.ts'
import { ownPrefix, type Pages } from './browser/pages.ts'
import { newTally, readTally, type Tally } from './counters.ts'
import type { Exchange } from './exchange.ts'
import { forward } from './forward.ts'
import type { GatewayOptions, ServiceCounters } from './gateway.ts'
import type { Claim, Origin } from './origin.ts'
import { Origins } from './origins.ts'
import { plainAddress, trustOf } from './peer.ts'
import { whenAccepting } from './probe.ts'
import { compileRoutes, type Router } from './route.ts'
import { WaitingRoom } from './waiting-room.ts'

/** Decides what becomes of a request by the table of this moment. */
export class Dispatcher {
  readonly origins = new Origins()
  readonly #options: GatewayOptions
  readonly #pages: Pages
  readonly #trusts: (address: string) => boolean
  readonly #room = new WaitingRoom<Exchange>()
  readonly #tallies = new Map<string, Tally>()
  readonly #probes = new Map<Origin, () => void>()
  #router: Router = compileRoutes({ entries: [] })
  #refusing = false

  constructor(options: GatewayOptions, pages: Pages) {
    this.#options = options
    this.#pages = pages
    this.#trusts = trustOf(options.trustedProxies ?? [])
  }

  /** From here on every request is routed by this table; those that wait are routed again, in the order of their arrival. */
  install(table: RoutingTable): void {
    this.#router = compileRoutes(table)
    this.origins.list(table)
    this.#endProbes()
    this.#pages.install(table)
    this.#routeWaiting()
  }

  /** Synchronous from the look at the table to the count on the origin. */
  dispatch(exchange: Exchange): void {
    if (exchange.over) return
    const { path, host } = exchange.sought
    if (path.startsWith(ownPrefix)) return this.#pages.serve(exchange)
    const entry = this.#router.find(exchange.sought)
    if (entry === undefined) {
      const asked = `${host ?? ''}${path}`
      return answer(exchange, {
        status: 404,
        why: `hotlane has no route for ${asked} on ${exchange.sought.listeners.join(', ')}`,
      })
    }
    const tally = this.#tally(entry.service)
    exchange.countFor(tally)
    const { lane } = entry
    switch (lane.kind) {
      case 'refuse':
        return this.#unavailable(exchange, entry, { why: `${entry.service}: ${lane.why}`, detail: lane.detail })
      case 'hold':
        return this.#hold(exchange, entry, lane.why)
      case 'serve': {
        if (this.#refusing) return this.#unavailable(exchange, entry, { why: 'hotlane is stopping' })
        tally.inFlight++
        const claim = this.origins.claim(entry.service, lane.targets, () => tally.inFlight--)
        if (claim !== undefined) return this.#forward(exchange, entry, claim)
        tally.inFlight--
        return this.#hold(exchange, entry, 'the app does not accept connections')
      }
    }
  }

  counters(service: string): ServiceCounters {
    return readTally(this.#tally(service), this.#room.count(service))
  }

  /** From here on nothing waits any more. */
  refuseAll(): void {
    this.#refusing = true
    this.#endProbes()
    this.#routeWaiting()
  }

  close(): void {
    for (const origin of this.origins.all()) origin.destroy()
  }

  #forward(exchange: Exchange, entry: TableEntry, claim: Claim): void {
    const { request } = exchange
    const peer = plainAddress(exchange.socket.remoteAddress)
    forward({
      exchange,
      claim,
      entry,
      peer,
      trusted: this.#trusts(peer),
      release: this.#options.tellRelease && entry.lane.kind === 'serve' ? entry.lane.release : undefined,
      client: entry.browserReload ? this.#pages.clientUrl(entry.service) : undefined,
      refused: () => {
        this.#probe(claim.origin)
        this.dispatch(exchange)
      },
      stale: () => {
        exchange.fresh = true
        exchange.countRetry()
        this.dispatch(exchange)
      },
      failed: (reason) => {
        exchange.countLost()
        const why = `${entry.service} ended the connection before it answered ${request.method ?? ''} ${exchange.sought.path} (${reason})`
        answer(exchange, { status: 502, why, ...this.#reloadClient(exchange, entry) })
      },
    })
  }

  #hold(exchange: Exchange, entry: TableEntry, why: string): void {
    if (this.#refusing) return this.#unavailable(exchange, entry, { why: 'hotlane is stopping' })
    const { service, hold } = entry
    exchange.gone = () => this.#room.leave(exchange)
    exchange.countHeld()
    const late = (): void =>
      this.#unavailable(exchange, entry, { why: `${service}: waited ${formatDuration(hold.maxMs)}, but ${why}` })
    if (this.#room.enter(exchange, { service, bounds: hold, late })) return
    this.#unavailable(exchange, entry, { why: `${service}: ${hold.maxRequests} requests wait already, since ${why}` })
  }

  #unavailable(
    exchange: Exchange,
    entry: TableEntry,
    told: { readonly why: string; readonly detail?: string | undefined },
  ): void {
    exchange.countLost()
    answer(exchange, {
      status: 503,
      why: told.why,
      retryAfterSeconds: 1,
      ...(told.detail === undefined ? {} : { detail: told.detail }),
      ...this.#reloadClient(exchange, entry),
    })
  }

  #reloadClient(exchange: Exchange, entry: TableEntry): { readonly client?: string } {
    if (!entry.browserReload || !isNavigation(exchange.request)) return {}
    return { client: this.#pages.clientUrl(entry.service, { waiting: true }) }
  }

  #probe(origin: Origin): void {
    origin.refused = origin.listed
    if (!origin.listed || this.#refusing || this.#probes.has(origin)) return
    const stop = whenAccepting(origin.target, () => {
      this.#probes.delete(origin)
      origin.refused = false
      this.#routeWaiting()
    })
    this.#probes.set(origin, stop)
  }

  #endProbes(): void {
    for (const stop of this.#probes.values()) stop()
    this.#probes.clear()
  }

  #routeWaiting(): void {
    for (const exchange of this.#room.takeAll()) this.dispatch(exchange)
  }

  #tally(service: string): Tally {
    const known = this.#tallies.get(service)
    if (known !== undefined) return known
    const tally = newTally()
    this.#tallies.set(service, tally)
    return tally
  }
}

import type { RoutingTable, TableEntry } from '../model/table.ts'
import { formatDuration } from '../support/duration.ts'
import { logAccess, type AccessLog } from './access-log.ts'
import { answer } from './answer.ts'
import { isNavigation } from './browser/navigation.ts'
import { ownPrefix, type Pages } from './browser/pages.ts'
import type { Exchange } from './exchange.ts'
import { Figures } from './figures.ts'
import { flatFields } from './http1/field-lines.ts'
import type { GatewayOptions } from './gateway.ts'
import { compileLanes, type ServiceLanes, type Way } from './lanes/service-lanes.ts'
import type { Origin } from './origin.ts'
import { Origins } from './origins.ts'
import { trustOf } from './peer.ts'
import { Plane, type Steering } from './plane.ts'
import { whenAccepting } from './probe.ts'
import { Recorder } from './recorder/recorder.ts'
import { compileRoutes, type Router } from './route.ts'
import { WaitingRoom } from './waiting-room.ts'

/** Decides what becomes of a request by the table of this moment. */
export class Dispatcher implements Steering {
  readonly plane: Plane
  readonly origins: Origins
  readonly #pages: Pages
  readonly #tellOver: () => void
  readonly #accessLog: AccessLog | undefined
  readonly #room = new WaitingRoom<Exchange>()
  readonly recorder = new Recorder()
  readonly figures = new Figures((service, lane) => this.#room.count(service, lane))
  readonly #trusts: (address: string) => boolean
  readonly #probes = new Map<Origin, () => void>()
  #router: Router<ServiceLanes> = compileRoutes<ServiceLanes>([])
  #isEmpty = true
  #refusing = false

  constructor(options: GatewayOptions, pages: Pages, over: () => void) {
    this.plane = new Plane({ steering: this, pages, options })
    this.origins = new Origins(this.plane)
    this.#pages = pages
    this.#tellOver = over
    this.#accessLog = options.accessLog
    this.#trusts = trustOf(options.trustedProxies ?? [])
  }

  /** From here on every request is routed by this table; those that wait are routed again, in the order of their arrival. */
  install(table: RoutingTable): void {
    const context = {
      tally: (service: string, lane: string) => this.figures.tally(service, lane),
      trusts: this.#trusts,
    }
    this.#router = compileRoutes(table.entries.map((entry) => compileLanes(entry, context)))
    this.#isEmpty = table.entries.length === 0
    this.origins.list(table)
    this.#endProbes()
    this.#pages.install(table)
    this.recorder.install(table)
    this.#routeWaiting()
  }

  /** Synchronous from the look at the table to the count on the origin. */
  dispatch(exchange: Exchange): void {
    if (exchange.over) return
    const { path } = exchange
    if (exchange.method === 'CONNECT') {
      exchange.keepAlive = false
      return answer(exchange, { status: 501, why: 'CONNECT is not served' })
    }
    if (path.startsWith(ownPrefix)) return this.#pages.serve(exchange)
    const lanes = this.#router.find(exchange)
    if (lanes === undefined) {
      // It accepts already, and its first table is on its way: nobody may conclude that there is no such page.
      if (this.#isEmpty)
        return answer(exchange, { status: 503, why: 'hotlane serves nothing yet', retryAfterSeconds: 1 })
      const asked = `${exchange.host ?? ''}${path}`
      return answer(exchange, {
        status: 404,
        why: `hotlane has no route for ${asked} on ${exchange.listeners.join(', ')}`,
      })
    }
    exchange.entry = lanes.entry
    const { first } = lanes
    const meant = lanes.choose(exchange)
    if (meant === first || this.#refusing || !this.#forward(exchange, meant)) this.#serve(exchange, lanes.entry, first)
  }

  /** By the first lane, which takes what no other can serve. */
  #serve(exchange: Exchange, entry: TableEntry, way: Way): void {
    const { state } = way.lane
    exchange.routeBy(way)
    switch (state.kind) {
      case 'refuse':
        return this.#unavailable(exchange, entry, { why: `${entry.service}: ${state.why}`, detail: state.detail })
      case 'hold':
        return this.#hold(exchange, entry, state.why)
      case 'serve': {
        if (this.#refusing) return this.#unavailable(exchange, entry, { why: 'hotlane is stopping' })
        if (!this.#forward(exchange, way)) this.#hold(exchange, entry, 'the app does not accept connections')
      }
    }
  }

  /** False where no target of the lane accepts connections. */
  #forward(exchange: Exchange, way: Way): boolean {
    const { state } = way.lane
    const origin = state.kind === 'serve' ? this.origins.choose(state.targets, way) : undefined
    if (state.kind !== 'serve' || origin === undefined) return false
    exchange.routeBy(way)
    exchange.claim(origin, state.release)
    origin.forward(exchange)
    return true
  }

  refused(exchange: Exchange, origin: Origin): void {
    this.#probe(origin)
    this.dispatch(exchange)
  }

  stale(exchange: Exchange): void {
    exchange.fresh = true
    exchange.countRetry()
    this.dispatch(exchange)
  }

  failed(exchange: Exchange, reason: string): void {
    const { entry, method, path } = exchange
    if (entry === undefined) return
    exchange.countLost()
    const why = `${entry.service} ended the connection before it answered ${method} ${path} (${reason})`
    answer(exchange, { status: 502, why, ...this.#reloadClient(exchange, entry) })
  }

  over(exchange: Exchange): void {
    if (this.#accessLog !== undefined) logAccess(this.#accessLog, exchange)
    if (exchange.entry?.record !== undefined) this.recorder.look(exchange)
    this.#tellOver()
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

  #hold(exchange: Exchange, entry: TableEntry, why: string): void {
    if (this.#refusing) return this.#unavailable(exchange, entry, { why: 'hotlane is stopping' })
    const { service, hold } = entry
    exchange.gone = () => void this.#room.leave(exchange)
    exchange.countHeld()
    const late = (): void =>
      this.#unavailable(exchange, entry, { why: `${service}: waited ${formatDuration(hold.maxMs)}, but ${why}` })
    const lane = entry.lanes[0].name
    if (this.#room.enter(exchange, { service, lane, bounds: hold, late })) return
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
    if (!entry.browserReload || !isNavigation(flatFields(exchange.outgoing, 0, exchange.outgoing.indexOf('\n') + 1)))
      return {}
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
}

import type { RecordedRequest } from '../model/recorded.ts'
import type { ListenAddress } from '../model/service.ts'
import { listenerKey, type RoutingTable } from '../model/table.ts'
import type { ErrorReport } from '../support/errors.ts'
import { Pages } from './browser/pages.ts'
import type { ServiceCounters, DrainLimits, DrainResult, Gateway, GatewayOptions } from './gateway.ts'
import { Crowd } from './crowd.ts'
import type { LaneReading } from './data-plane.ts'
import { Dispatcher } from './dispatcher.ts'
import { drainOrigin } from './drain.ts'
import type { HistogramCounts } from './histogram.ts'
import { lingerMs, sweepMs } from './limits.ts'
import { Listener, type Surroundings } from './listener.ts'
import { trustOf } from './peer.ts'

/** The gateway as the sum of its parts: listeners, dispatcher, pages. */
export class PlaneGateway implements Gateway {
  readonly #listeners = new Set<Listener>()
  readonly #pages = new Pages()
  readonly #dispatcher: Dispatcher
  readonly #surroundings: Surroundings
  readonly #sweep: NodeJS.Timeout
  #closing: Promise<void> | undefined
  #allOver = (): void => undefined
  /** Told when a gateway that retires has no connection left. */
  #deserted: (() => void) | undefined

  constructor(options: GatewayOptions) {
    this.#dispatcher = new Dispatcher(options, this.#pages, () => this.#over())
    this.#surroundings = {
      plane: this.#dispatcher.plane,
      trusts: trustOf(options.trustedProxies ?? []),
      crowd: new Crowd(options.maxConnections, options.maxConnectionsPerAddress),
      certificateNews: options.certificateNews ?? (() => undefined),
    }
    this.#sweep = setInterval(() => this.#expire(performance.now()), sweepMs).unref()
  }

  async open(address: ListenAddress, descriptor?: number): Promise<ListenAddress> {
    const listener = new Listener(address, this.#surroundings)
    const actual = await listener.open(descriptor)
    this.#listeners.add(listener)
    return actual
  }

  async shut(address: ListenAddress): Promise<void> {
    const key = listenerKey(address)
    for (const listener of this.#listeners) if (listener.keys.includes(key)) listener.shut()
    await Promise.resolve()
  }

  install(table: RoutingTable): void {
    this.#dispatcher.install(table)
  }

  inFlight(target: string): number {
    return this.#dispatcher.origins.inFlight(target)
  }

  async drain(target: string, limits: DrainLimits, signal: AbortSignal): Promise<DrainResult> {
    const origin = this.#dispatcher.origins.find(target)
    if (origin === undefined) return { inFlight: 0, ended: 0, streams: 0, ms: 0 }
    return drainOrigin(origin, limits, signal)
  }

  counters(service: string, lane?: string): ServiceCounters {
    return this.#dispatcher.figures.counters(service, lane)
  }

  latency(service: string, lane?: string): HistogramCounts {
    return this.#dispatcher.figures.latency(service, lane)
  }

  lanes(service: string): readonly string[] {
    return this.#dispatcher.figures.lanes(service)
  }

  reading(): readonly LaneReading[] {
    return this.#dispatcher.figures.reading()
  }

  recorded(service: string): readonly RecordedRequest[] {
    return this.#dispatcher.recorder.recorded(service)
  }

  reloadPages(service: string): number {
    return this.#pages.reload(service)
  }

  showError(service: string, error: ErrorReport | undefined): void {
    this.#pages.showError(service, error)
  }

  async retire(graceMs: number): Promise<void> {
    for (const listener of this.#listeners) listener.retire()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      this.#deserted = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#noticeDesertion()
    })
    await this.close(0)
  }

  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(0)
  }

  /** A deadline is a number on a connection, and one look at all of them now and then: no timer is set per request. */
  #expire(now: number): void {
    for (const listener of this.#listeners) listener.expire(now)
    for (const origin of this.#dispatcher.origins.all())
      for (const connection of origin.connections)
        if (connection.deadline !== 0 && connection.deadline < now) connection.expire()
    this.#noticeDesertion()
  }

  #noticeDesertion(): void {
    if (this.#deserted === undefined) return
    for (const { connections, sessions } of this.#listeners) if (connections.size + sessions.size > 0) return
    this.#deserted()
  }

  #over(): void {
    if (this.#closing !== undefined && !this.#busy()) this.#allOver()
  }

  /** Whether any request is under way. */
  #busy(): boolean {
    for (const listener of this.#listeners)
      for (const { front } of listener.connections) if (front !== undefined && !front.over) return true
    return false
  }

  async #close(graceMs: number): Promise<void> {
    const began = performance.now()
    for (const listener of this.#listeners) listener.shut()
    this.#pages.close()
    this.#dispatcher.refuseAll()
    if (!(await this.#allOverWithin(graceMs))) {
      for (const origin of this.#dispatcher.origins.all())
        for (const exchange of origin.claims.list()) exchange.endEarly()
      await this.#allOverWithin(lingerMs)
    }
    for (const { connections } of this.#listeners) for (const { front } of connections) front?.cut()
    const left = Math.max(lingerMs, graceMs - (performance.now() - began))
    await Promise.all([...this.#listeners].map((listener) => listener.destroy(left)))
    clearInterval(this.#sweep)
    this.#dispatcher.close()
    this.#deserted?.()
  }

  #allOverWithin(ms: number): Promise<boolean> {
    if (!this.#busy()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms)
      this.#allOver = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }
}

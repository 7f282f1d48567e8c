import type { ListenAddress } from '../model/service.ts'
import { listenerKey, type RoutingTable } from '../model/table.ts'
import type { ErrorReport } from '../support/errors.ts'
import { Pages } from './browser/pages.ts'
import type { ServiceCounters, DrainLimits, DrainResult, Gateway, GatewayOptions } from './gateway.ts'
import { Dispatcher } from './dispatcher.ts'
import { drainOrigin } from './drain.ts'
import { Exchange } from './exchange.ts'
import { fieldsOf } from './headers.ts'
import { lingerMs } from './limits.ts'
import { Listener, type Arrival } from './listener.ts'
import { answer } from './answer.ts'

/** The gateway as the sum of its parts: listeners, dispatcher, pages. */
export class HttpGateway implements Gateway {
  readonly #listeners = new Set<Listener>()
  readonly #exchanges = new Set<Exchange>()
  readonly #pages = new Pages()
  readonly #dispatcher: Dispatcher
  #arrivals = 0
  #closing: Promise<void> | undefined
  #allOver = (): void => undefined

  constructor(options: GatewayOptions) {
    this.#dispatcher = new Dispatcher(options, this.#pages)
  }

  async open(address: ListenAddress): Promise<ListenAddress> {
    const listener = new Listener(address, (arrival) => this.#accept(arrival))
    const actual = await listener.open()
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
    if (origin === undefined) return { inFlight: 0, ended: 0, ms: 0 }
    return drainOrigin(origin, limits, signal)
  }

  counters(service: string): ServiceCounters {
    return this.#dispatcher.counters(service)
  }

  reloadPages(service: string): number {
    return this.#pages.reload(service)
  }

  showError(service: string, error: ErrorReport | undefined): void {
    this.#pages.showError(service, error)
  }

  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(0)
  }

  #accept({ listener, request, response, socket, upgrade }: Arrival): void {
    const exchange = new Exchange({
      sequence: ++this.#arrivals,
      request,
      response,
      socket,
      listeners: listener.keys,
      ...(upgrade === undefined ? {} : { upgrade }),
      over: () => {
        this.#exchanges.delete(exchange)
        if (!listener.listening) setImmediate(() => listener.server.closeIdleConnections())
        if (this.#exchanges.size === 0) this.#allOver()
      },
    })
    this.#exchanges.add(exchange)
    if (!listener.listening) response.shouldKeepAlive = false
    // Two of them are an attempt to be routed here and understood there (RFC 9112 section 3.2).
    if (fieldsOf(request.rawHeaders, 'host').length > 1)
      answer(exchange, { status: 400, why: 'more than one Host field' })
    else this.#dispatcher.dispatch(exchange)
  }

  async #close(graceMs: number): Promise<void> {
    for (const listener of this.#listeners) listener.shut()
    this.#pages.close()
    this.#dispatcher.refuseAll()
    if (!(await this.#allOverWithin(graceMs))) {
      for (const origin of this.#dispatcher.origins.all()) for (const claim of origin.claims) claim.end()
      await this.#allOverWithin(lingerMs)
    }
    for (const exchange of this.#exchanges) exchange.cut()
    for (const listener of this.#listeners) listener.destroy()
    this.#dispatcher.close()
  }

  #allOverWithin(ms: number): Promise<boolean> {
    if (this.#exchanges.size === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms)
      this.#allOver = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }
}

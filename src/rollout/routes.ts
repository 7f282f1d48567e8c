import type { Gateway } from '../gateway/gateway.ts'
import { type HoldBounds, type LaneState, type RoutingTable, listenerKey, stableLane } from '../model/table.ts'
import type { ListenAddress, Service } from '../model/service.ts'

/** Requests wait for a first start or a restart as long as a person would, and not without bound. */
const holdBounds: HoldBounds = { maxRequests: 1000, maxMs: 30_000 }

interface Place {
  readonly service: Service
  readonly listener: ListenAddress
  readonly lane: LaneState
}

/** Keeps what each service does with its requests, and installs the whole as a new table at every change. */
export class Routes {
  readonly #gateway: Pick<Gateway, 'install'>
  readonly #places = new Map<string, Place>()

  constructor(gateway: Pick<Gateway, 'install'>) {
    this.#gateway = gateway
  }

  /** Adds or replaces a service with the listener (as asked for) at which it is found; one that accepts by itself has no route. */
  place(service: Service, listener: ListenAddress): void {
    if (service.direct === true) return
    const lane = this.#places.get(service.name)?.lane ?? { kind: 'hold', why: 'the first release is on its way' }
    this.#places.set(service.name, { service, listener, lane })
    this.#install()
  }

  remove(service: string): void {
    this.#places.delete(service)
    this.#install()
  }

  /** Synchronous: requests that come after it are routed by the new state. */
  set(service: string, lane: LaneState): void {
    const place = this.#places.get(service)
    if (place === undefined) return
    this.#places.set(service, { ...place, lane })
    this.#install()
  }

  #install(): void {
    const table: RoutingTable = {
      entries: Array.from(this.#places.values(), ({ service, listener, lane }) => ({
        service: service.name,
        listener: listenerKey(listener),
        route: service.route,
        lanes: [{ name: stableLane, state: lane }],
        rules: [],
        hold: holdBounds,
        browserReload: service.browserReload,
      })),
    }
    this.#gateway.install(table)
  }
}

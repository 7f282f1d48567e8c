import type { DataPlane } from '../../gateway/data-plane.ts'
import type { ListenAddress, Service } from '../../model/service.ts'
import { type HoldBounds, type RoutingTable, type TableEntry, listenerKey, stableLane } from '../../model/table.ts'

/** Requests wait for a first start or a restart as long as a person would, and not without bound. */
const holdBounds: HoldBounds = { maxRequests: 1000, maxMs: 30_000 }

/** What a rollout decides of a service's entry in the table; the rest follows from its settings. */
export type EntryParts = Pick<TableEntry, 'lanes' | 'rules' | 'split'>

interface Place {
  readonly service: Service
  readonly listener: ListenAddress
  readonly parts: EntryParts
}

/** Before anything is known of a service, its requests wait within bounds. */
const untouched: EntryParts = {
  lanes: [{ name: stableLane, state: { kind: 'hold', why: 'the first release is on its way' } }],
  rules: [],
}

/**
 * Keeps the entry of every service and installs the whole as a new table at each change. Tables are installed one after
 * the other, so that an older one can never overtake a newer one; changes that come meanwhile go together into the next.
 */
export class RouteBoard {
  readonly #plane: Pick<DataPlane, 'install'>
  readonly #places = new Map<string, Place>()
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(plane: Pick<DataPlane, 'install'>) {
    this.#plane = plane
  }

  /** Adds a service, or gives it new settings, with the listener (as asked for) at which it is found. */
  place(service: Service, listener: ListenAddress): Promise<void> {
    const parts = this.#places.get(service.name)?.parts ?? untouched
    this.#places.set(service.name, { service, listener, parts })
    return this.#install()
  }

  remove(service: string): Promise<void> {
    this.#places.delete(service)
    return this.#install()
  }

  /**
   * Resolves when every request that comes from then on is routed by these lanes; rejects with whatever the data plane
   * rejects with, and the lanes are then part of the next table all the same. A service without a place is left out.
   */
  set(service: string, parts: EntryParts): Promise<void> {
    const place = this.#places.get(service)
    if (place === undefined) return Promise.resolve()
    this.#places.set(service, { ...place, parts })
    return this.#install()
  }

  #install(): Promise<void> {
    if (this.#running === undefined) return this.#start()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#start()
      })
    return this.#next
  }

  #start(): Promise<void> {
    const running = this.#plane.install(this.#table()).finally(() => {
      if (this.#running === running) this.#running = undefined
    })
    this.#running = running
    return running
  }

  #table(): RoutingTable {
    return {
      entries: Array.from(this.#places.values(), ({ service, listener, parts }) => ({
        service: service.name,
        listener: listenerKey(listener),
        route: service.route,
        ...parts,
        hold: holdBounds,
        browserReload: service.browserReload,
      })),
    }
  }
}

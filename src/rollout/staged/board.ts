import type { DataPlane } from '../../gateway/data-plane.ts'
import type { RecordSettings } from '../../model/recorded.ts'
import type { ListenAddress, Service } from '../../model/service.ts'
import { type HoldBounds, type RoutingTable, type TableEntry, listenerKey } from '../../model/table.ts'

/** Requests wait for a first start or a restart as long as a person would, and not without bound. */
const holdBounds: HoldBounds = { maxRequests: 1000, maxMs: 30_000 }

/** What a rollout decides of a service's entry in the table; the rest follows from its settings. */
export type EntryParts = Pick<TableEntry, 'lanes' | 'rules' | 'split'>

/** Where a service is found, and what becomes of its requests. */
export interface Place {
  readonly service: Service
  /** As asked for. */
  readonly listener: ListenAddress
  readonly parts: EntryParts
  /** Which of its requests are recorded; none where absent. */
  readonly record?: RecordSettings
}

/**
 * Keeps the entry of every service and installs the whole as a new table at each change. Tables are installed one after
 * the other, so that an older one can never overtake a newer one; changes that come meanwhile go together into the next.
 */
export class RouteBoard {
  readonly #plane: Pick<DataPlane, 'install'>
  readonly #places = new Map<string, Place>()
  readonly #awaited: Set<string>
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #complete: () => void = () => undefined
  readonly #whole: Promise<void>
  readonly #isServing: boolean

  /**
   * No table is installed before every service that is `awaited` has its place: a gateway that serves already
   * (`isServing`) goes on by the table that it has, and is never given one that lacks a service.
   */
  constructor(
    plane: Pick<DataPlane, 'install'>,
    awaited: readonly string[] = [],
    { isServing = true }: { readonly isServing?: boolean } = {},
  ) {
    this.#plane = plane
    this.#isServing = isServing
    this.#awaited = new Set(awaited)
    this.#whole = new Promise((resolve) => (this.#complete = resolve))
    if (this.#awaited.size === 0) this.#complete()
  }

  /**
   * There is no place for a service now. Where the gateway serves nothing yet, the others do not wait for it; else they do,
   * for a table without it would end what it still has.
   */
  miss(service: string): void {
    if (!this.#isServing) this.#arrived(service)
  }

  /**
   * Settings, listener and lanes of a service at once. Resolves when every request that comes from then on is routed by them;
   * rejects with whatever the data plane rejects with, and they are then part of the next table all the same.
   */
  put(place: Place): Promise<void> {
    this.#places.set(place.service.name, place)
    this.#arrived(place.service.name)
    return this.#install()
  }

  #arrived(service: string): void {
    this.#awaited.delete(service)
    if (this.#awaited.size === 0) this.#complete()
  }

  async #install(): Promise<void> {
    await this.#whole
    return this.#enqueue()
  }

  #enqueue(): Promise<void> {
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
      entries: Array.from(this.#places.values(), ({ service, listener, parts, record }) => ({
        service: service.name,
        listener: listenerKey(listener),
        route: service.route,
        ...parts,
        hold: holdBounds,
        // Nothing of an answer is changed in production.
        browserReload: false,
        ...(record === undefined ? {} : { record }),
      })),
    }
  }
}

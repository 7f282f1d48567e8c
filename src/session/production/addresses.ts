import type { DataPlane } from '../../gateway/data-plane.ts'
import type { Emit } from '../../model/event.ts'
import type { ListenAddress, Service } from '../../model/service.ts'
import { listenerKey } from '../../model/table.ts'
import { HotlaneError } from '../../support/errors.ts'
import { withHolder } from '../port-holder.ts'
import { publicUrl } from '../public-url.ts'

interface Opened {
  /** As asked for. */
  readonly wanted: ListenAddress
  readonly address: ListenAddress
}

/**
 * The public addresses of production: exactly those that the settings name, since they are where services are looked for.
 * Several services share one where their routes differ.
 */
export class Addresses {
  readonly #plane: Pick<DataPlane, 'open' | 'shut'>
  readonly #emit: Emit
  /** By service. */
  readonly #opened = new Map<string, Opened>()
  /** By service: what is being opened. */
  readonly #opening = new Map<string, ListenAddress>()
  #found: readonly ListenAddress[]

  /** `found`: addresses that an earlier control process has left open, as it asked for them. */
  constructor(plane: Pick<DataPlane, 'open' | 'shut'>, emit: Emit, found: readonly ListenAddress[] = []) {
    this.#plane = plane
    this.#emit = emit
    this.#found = found
  }

  /** Where a service is found, or will be. */
  url({ name, listen, route }: Service): string {
    return publicUrl(this.#opened.get(name)?.address ?? listen, route.path)
  }

  /**
   * Opens the address that a service asks for; the one that it had before stays open until `leaveOthers`.
   * @throws HotlaneError HL5001
   */
  async open(service: Service): Promise<ListenAddress> {
    const { host, port, fixed: _fixed, ...rest } = service.listen
    const wanted = { host, port, ...rest }
    const known = this.#opened.get(service.name)
    if (known !== undefined && JSON.stringify(known.wanted) === JSON.stringify(wanted)) return known.address
    const address = await this.#open(service.name, wanted)
    this.#opened.set(service.name, { wanted, address })
    this.#emit({ type: 'gateway.listening', service: service.name, url: this.url(service) })
    return address
  }

  /** Stops accepting where no service is found any more. */
  async leave(address: ListenAddress): Promise<void> {
    const isUsed = [...this.#opened.values()].some(
      (opened) => opened.address.host === address.host && opened.address.port === address.port,
    )
    if (!isUsed) await this.#plane.shut(address)
  }

  /**
   * Stops accepting at what an earlier control process has left open and no service asks for: it was killed before it could
   * leave an address. To be called when every service has its place in the table that is installed.
   */
  async leaveFound(): Promise<void> {
    const asked = [...Array.from(this.#opened.values(), ({ wanted }) => wanted), ...this.#opening.values()]
    const keys = new Set(asked.map(listenerKey))
    const stale = this.#found.filter((address) => !keys.has(listenerKey(address)))
    await Promise.all(stale.map((address) => this.#plane.shut(address)))
    this.#found = []
  }

  async #open(name: string, wanted: ListenAddress): Promise<ListenAddress> {
    this.#opening.set(name, wanted)
    try {
      return await this.#plane.open(wanted)
    } catch (error) {
      throw error instanceof HotlaneError && error.code === 'HL5001' ? await withHolder(error, wanted) : error
    } finally {
      this.#opening.delete(name)
    }
  }
}

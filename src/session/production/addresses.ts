import type { DataPlane } from '../../gateway/data-plane.ts'
import type { Emit } from '../../model/event.ts'
import type { ListenAddress, Service } from '../../model/service.ts'
import { HotlaneError } from '../../support/errors.ts'
import { withHolder } from '../port-holder.ts'
import { publicUrl } from '../public-url.ts'

interface Opened {
  readonly asked: string
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

  constructor(plane: Pick<DataPlane, 'open' | 'shut'>, emit: Emit) {
    this.#plane = plane
    this.#emit = emit
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
    const asked = JSON.stringify(wanted)
    const known = this.#opened.get(service.name)
    if (known?.asked === asked) return known.address
    const address = await this.#plane.open(wanted).catch(async (error: unknown) => {
      throw error instanceof HotlaneError && error.code === 'HL5001' ? await withHolder(error, wanted) : error
    })
    this.#opened.set(service.name, { asked, address })
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
}

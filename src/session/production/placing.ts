import type { Release } from '../../model/release.ts'
import type { ListenAddress, Service } from '../../model/service.ts'
import type { EntryParts } from '../../rollout/staged/board.ts'
import type { Plant } from './plant.ts'

/**
 * Keeps a service's entry in the table as the release says that serves: its address and its route are part of it, and come
 * back with it. Before the first release they are those of the settings.
 */
export class Placing {
  readonly #name: string
  readonly #plant: Plant
  #address: ListenAddress | undefined

  constructor(name: string, plant: Plant) {
    this.#name = name
    this.#plant = plant
  }

  async set(parts: EntryParts): Promise<void> {
    const { addresses, board } = this.#plant
    const before = this.#address
    // Opened before the table names it, and left when no table names it any more.
    const { release, service, listener } = await this.#find(parts).catch((error: unknown) => {
      board.miss(this.#name)
      throw error
    })
    this.#address = listener
    const record = release?.plan.compatibility.replay
    await board.put({ service, listener, parts, ...(record === undefined ? {} : { record }) })
    if (before !== undefined && before !== listener) await addresses.leave(before)
    // Every service has its place: the board installs no table before.
    await addresses.leaveFound()
  }

  async #find(parts: EntryParts) {
    const release = await this.#serving(parts)
    const service = release?.service ?? this.#declared() ?? (await this.#tried())
    return { release, service, listener: await this.#plant.addresses.open(service) }
  }

  async #serving({ lanes: [{ state }] }: EntryParts): Promise<Release | undefined> {
    const { ledger, releases } = this.#plant
    const number = state.kind === 'serve' ? state.release : ledger.state(this.#name).stable?.release
    return number === undefined ? undefined : releases.load(this.#name, number)
  }

  #declared(): Service | undefined {
    return this.#plant.project().services.find(({ name }) => name === this.#name)
  }

  /** One that has left the settings before it ever served is where its first release was to be. */
  async #tried(): Promise<Service> {
    const { ledger, releases } = this.#plant
    const { rollout, last } = ledger.state(this.#name)
    const number = rollout?.to ?? last?.to
    if (number === undefined) throw new TypeError(`${this.#name} has neither a release nor settings`)
    return (await releases.load(this.#name, number)).service
  }
}

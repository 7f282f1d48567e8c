import type { ListenAddress, Service } from '../model/service.ts'
import { listenerKey } from '../model/table.ts'

type Unaddressed = Omit<Service, 'listen'>

/** Which addresses are given away, and to whom. Port 0 never is: each service gets one of its own for it. */
export class Taken {
  /** By address. */
  readonly #services = new Map<string, Unaddressed[]>()

  /** Who has an address, where a service cannot share it with them. */
  by(address: ListenAddress, service: Unaddressed): Unaddressed | undefined {
    if (address.port === 0) return undefined
    return this.#services.get(listenerKey(address))?.find((other) => !canShare(other, service))
  }

  add(address: ListenAddress, service: Unaddressed): void {
    const key = listenerKey(address)
    this.#services.set(key, [...(this.#services.get(key) ?? []), service])
  }
}

function canShare(one: Unaddressed, other: Unaddressed): boolean {
  if (one.direct === true || other.direct === true) return false
  return one.route.host !== other.route.host || one.route.path !== other.route.path
}

/** Counts the connections of clients, and knows when there are too many. */
export class Crowd {
  readonly #most: number
  readonly #mostPerAddress: number
  readonly #byAddress = new Map<string, number>()
  #count = 0

  constructor(most = Infinity, mostPerAddress = Infinity) {
    this.#most = most
    this.#mostPerAddress = mostPerAddress
  }

  /** False where the connection is one too many. */
  enter(address: string): boolean {
    const same = this.#byAddress.get(address) ?? 0
    if (this.#count >= this.#most || same >= this.#mostPerAddress) return false
    this.#byAddress.set(address, same + 1)
    this.#count++
    return true
  }

  leave(address: string): void {
    const left = (this.#byAddress.get(address) ?? 1) - 1
    if (left === 0) this.#byAddress.delete(address)
    else this.#byAddress.set(address, left)
    this.#count--
  }
}

/** What holds a place among the claims of an origin. */
export interface Claimant {
  /** Order of arrival at the gateway. */
  readonly sequence: number
  /** Written by the claims alone; -1 where it has no place. It can have one at a time. */
  claimPlace: number
}

/**
 * The requests that have claimed an origin. Not a `Set`: the tables that one outgrows refer to those that follow, and a
 * young collection keeps all that hangs on one that has grown old, so that most requests would be copied twice when they
 * are long over.
 */
export class Claims<C extends Claimant> {
  readonly #claimants: C[] = []

  get size(): number {
    return this.#claimants.length
  }

  add(claimant: C): void {
    claimant.claimPlace = this.#claimants.length
    this.#claimants.push(claimant)
  }

  /** False where it has no place. */
  delete(claimant: C): boolean {
    const place = claimant.claimPlace
    if (this.#claimants[place] !== claimant) return false
    claimant.claimPlace = -1
    const last = this.#claimants.pop()
    if (last === undefined || last === claimant) return true
    this.#claimants[place] = last
    last.claimPlace = place
    return true
  }

  /** Those of this moment, in the order of their arrival. */
  list(): readonly C[] {
    return this.#claimants.toSorted((a, b) => a.sequence - b.sequence)
  }
}

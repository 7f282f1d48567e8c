import type { RoutingTable, Target } from '../model/table.ts'
import { Origin, type Claim } from './origin.ts'

/** All origins that are in the table, or still have requests. */
export class Origins {
  readonly #byId = new Map<string, Origin>()
  readonly #turns = new Map<string, number>()

  /** Takes over the targets of a table: new ones appear, missing ones get no more requests. */
  list(table: RoutingTable): void {
    const listed = new Set<string>()
    for (const { lane } of table.entries) {
      if (lane.kind !== 'serve') continue
      for (const target of lane.targets) {
        listed.add(target.id)
        this.#at(target).listed = true
      }
    }
    for (const [id, origin] of this.#byId) {
      // A new table is the word of who knows the processes: what refused may be tried again.
      origin.refused = false
      if (listed.has(id)) continue
      origin.listed = false
      this.#forgetIfUnused(origin)
    }
  }

  /**
   * Chooses the target with the fewest requests, in turn where several have the same, and counts the request on it.
   * Synchronous as a whole, so that a change of the table cannot fall in between. Undefined where all of them refuse.
   */
  claim(service: string, targets: readonly Target[], released: () => void): Claim | undefined {
    const turn = this.#turns.get(service) ?? 0
    let best: { readonly origin: Origin; readonly index: number } | undefined
    for (let step = 0; step < targets.length; step++) {
      const index = (turn + step) % targets.length
      const target = targets[index]
      if (target === undefined) continue
      const origin = this.#at(target)
      if (origin.refused) continue
      if (best === undefined || origin.claims.size < best.origin.claims.size) best = { origin, index }
    }
    if (best === undefined) return undefined
    const { origin } = best
    this.#turns.set(service, best.index + 1)
    return origin.claim(() => {
      released()
      this.#forgetIfUnused(origin)
    })
  }

  inFlight(id: string): number {
    return this.#byId.get(id)?.claims.size ?? 0
  }

  find(id: string): Origin | undefined {
    return this.#byId.get(id)
  }

  all(): readonly Origin[] {
    return [...this.#byId.values()]
  }

  #at(target: Target): Origin {
    const known = this.#byId.get(target.id)
    if (known !== undefined) return known
    const origin = new Origin(target)
    this.#byId.set(target.id, origin)
    return origin
  }

  #forgetIfUnused(origin: Origin): void {
    if (origin.listed || origin.claims.size > 0 || this.#byId.get(origin.target.id) !== origin) return
    this.#byId.delete(origin.target.id)
    origin.pool.closeIdle()
  }
}

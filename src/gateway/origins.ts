import type { RoutingTable, Target } from '../model/table.ts'
import { Origin } from './origin.ts'
import type { Plane } from './plane.ts'

/** All origins that are in the table, or still have requests. */
export class Origins {
  readonly #byId = new Map<string, Origin>()
  readonly #plane: Plane

  constructor(plane: Plane) {
    this.#plane = plane
  }

  /** Takes over the targets of a table: new ones appear, missing ones get no more requests. */
  list(table: RoutingTable): void {
    const listed = new Set<string>()
    for (const { lanes } of table.entries)
      for (const { state } of lanes)
        if (state.kind === 'serve') for (const target of state.targets) this.#list(target, listed)
    for (const [id, origin] of this.#byId) {
      // A new table is the word of who knows the processes: what refused may be tried again.
      origin.refused = false
      if (listed.has(id)) continue
      origin.listed = false
      this.#forgetIfUnused(origin)
    }
  }

  /**
   * Chooses the target with the fewest requests, in turn where several have the same. The caller claims it at once, so
   * that a change of the table cannot fall in between. Undefined where all of them refuse.
   */
  choose(targets: readonly Target[], turns: { turn: number }): Origin | undefined {
    const [only] = targets
    if (targets.length === 1 && only !== undefined) {
      const origin = this.#at(only)
      return origin.refused ? undefined : origin
    }
    const { turn } = turns
    let best: Origin | undefined
    let bestIndex = 0
    for (let step = 0; step < targets.length; step++) {
      const index = (turn + step) % targets.length
      const target = targets[index]
      if (target === undefined) continue
      const origin = this.#at(target)
      if (origin.refused || (best !== undefined && origin.claims.size >= best.claims.size)) continue
      best = origin
      bestIndex = index
    }
    if (best !== undefined) turns.turn = bestIndex + 1
    return best
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

  #list(target: Target, listed: Set<string>): void {
    listed.add(target.id)
    this.#at(target).listed = true
  }

  #at(target: Target): Origin {
    const known = this.#byId.get(target.id)
    if (known !== undefined) return known
    const origin = new Origin(target, this.#plane, (unused) => this.#forgetIfUnused(unused))
    this.#byId.set(target.id, origin)
    return origin
  }

  #forgetIfUnused(origin: Origin): void {
    if (origin.listed || origin.claims.size > 0 || this.#byId.get(origin.target.id) !== origin) return
    this.#byId.delete(origin.target.id)
    origin.closeIdle()
  }
}

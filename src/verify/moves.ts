import type { RolloutView } from '../model/rollout.ts'

/** Reads from what is told of a service's rollouts when its traffic moved. `known` is the rollout that was told last before. */
export class Moves {
  #id: number | undefined
  #basisPoints = 0

  constructor(known?: RolloutView) {
    if (known !== undefined) this.see(known)
  }

  /**
   * Takes what is told of a rollout. Where the share of its release is another than before, returns the release that has got
   * traffic by that: the new one, or the one that served before where the new one has lost some. A release begins without any.
   */
  see({ id, basisPoints, from, to }: RolloutView): number | undefined {
    const before = this.#id === id ? this.#basisPoints : 0
    this.#id = id
    this.#basisPoints = basisPoints
    if (basisPoints === before) return undefined
    return basisPoints > before ? to : from
  }
}

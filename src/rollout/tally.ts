import type { Gateway } from '../gateway/gateway.ts'

/** What was lost and held since it was last asked. */
export class Tally {
  #lost = 0
  #held = 0

  take(gateway: Pick<Gateway, 'counters'>, service: string): { readonly lost: number; readonly held: number } {
    const counters = gateway.counters(service)
    const since = { lost: counters.lost - this.#lost, held: counters.heldTotal - this.#held }
    this.#lost = counters.lost
    this.#held = counters.heldTotal
    return since
  }
}

import type { HoldBounds } from '../model/table.ts'

/** Who waits. The room writes nothing but `deadline`, which outlives a move through a new table. */
export interface Waiter {
  /** Order of arrival at the gateway. */
  readonly sequence: number
  /** `performance.now()` until which it waits; set at its first wait. */
  deadline: number | undefined
}

export interface Stay {
  readonly service: string
  readonly lane: string
  readonly bounds: HoldBounds
  /** Called when the deadline has passed; the waiter has left the room then. */
  readonly late: () => void
}

interface Place<W> {
  readonly waiter: W
  readonly service: string
  readonly lane: string
  readonly timer: NodeJS.Timeout
}

/** Bounded and first in, first out by arrival at the gateway. */
export class WaitingRoom<W extends Waiter> {
  #places: Place<W>[] = []

  /** False where the service's part of the room is full. */
  enter(waiter: W, stay: Stay): boolean {
    if (this.count(stay.service) >= stay.bounds.maxRequests) return false
    waiter.deadline ??= performance.now() + stay.bounds.maxMs
    const timer = setTimeout(
      () => {
        if (this.leave(waiter)) stay.late()
      },
      Math.max(0, waiter.deadline - performance.now()),
    )
    let index = this.#places.length
    while (index > 0 && (this.#places[index - 1]?.waiter.sequence ?? 0) > waiter.sequence) index--
    this.#places.splice(index, 0, { waiter, service: stay.service, lane: stay.lane, timer })
    return true
  }

  /** True where it was waiting. */
  leave(waiter: W): boolean {
    const index = this.#places.findIndex((place) => place.waiter === waiter)
    const [place] = index === -1 ? [] : this.#places.splice(index, 1)
    if (place === undefined) return false
    clearTimeout(place.timer)
    return true
  }

  /** Empties the room; first come, first given. */
  takeAll(): readonly W[] {
    const places = this.#places
    this.#places = []
    for (const { timer } of places) clearTimeout(timer)
    return places.map(({ waiter }) => waiter)
  }

  /** In one lane, or in all of them. */
  count(service: string, lane?: string): number {
    let count = 0
    for (const place of this.#places)
      if (place.service === service && (lane === undefined || place.lane === lane)) count++
    return count
  }
}

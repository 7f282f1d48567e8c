import { addCounters, Tally } from './counters.ts'
import type { LaneReading } from './data-plane.ts'
import type { ServiceCounters } from './gateway.ts'
import { Histogram, type HistogramCounts } from './histogram.ts'

/** How many requests wait in a lane of a service. */
export type Held = (service: string, lane: string) => number

/** The figures of all lanes that there are or ever were. */
export class Figures {
  readonly #services = new Map<string, Map<string, Tally>>()
  readonly #held: Held

  constructor(held: Held) {
    this.#held = held
  }

  tally(service: string, lane: string): Tally {
    const lanes = this.#services.get(service) ?? new Map<string, Tally>()
    this.#services.set(service, lanes)
    const tally = lanes.get(lane) ?? new Tally()
    lanes.set(lane, tally)
    return tally
  }

  lanes(service: string): readonly string[] {
    return [...(this.#services.get(service)?.keys() ?? [])]
  }

  counters(service: string, lane?: string): ServiceCounters {
    return this.#among(service, lane)
      .map(([name, tally]) => tally.read(this.#held(service, name)))
      .reduce(addCounters, new Tally().read(0))
  }

  latency(service: string, lane?: string): HistogramCounts {
    const sum = new Histogram()
    for (const [, tally] of this.#among(service, lane)) sum.merge(tally.latency())
    return sum.read()
  }

  reading(): readonly LaneReading[] {
    return [...this.#services].flatMap(([service, lanes]) =>
      Array.from(lanes, ([lane, tally]) => ({
        service,
        lane,
        counters: tally.read(this.#held(service, lane)),
        latency: tally.latency(),
      })),
    )
  }

  #among(service: string, lane: string | undefined): readonly (readonly [string, Tally])[] {
    const lanes = [...(this.#services.get(service) ?? [])]
    return lane === undefined ? lanes : lanes.filter(([name]) => name === lane)
  }
}

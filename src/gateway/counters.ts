import type { Exchange } from './exchange.ts'
import type { ServiceCounters } from './gateway.ts'
import { Histogram, type HistogramCounts } from './histogram.ts'

/** The figures of one service while they are counted. */
export class Tally {
  requests = 0
  lost = 0
  heldTotal = 0
  inFlight = 0
  retried = 0
  resets = 0
  readonly statusClasses: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0]
  #bytesIn = 0
  #bytesOut = 0
  readonly #latency = new Histogram()

  /** Counts what is known of a request when nothing more is sent for it. */
  finish({ status, bytesIn, bytesOut, startedAt, streamed, complete }: Exchange): void {
    if (status === 0) this.statusClasses[0]++
    this.#bytesIn += bytesIn
    this.#bytesOut += bytesOut
    // How long a stream lasts, or a client had patience, says nothing about how fast the app is.
    if (complete && !streamed) this.#latency.record((performance.now() - startedAt) * 1000)
  }

  /** A copy that does not move any more. */
  read(held: number): ServiceCounters {
    const { requests, lost, heldTotal, inFlight, retried, resets } = this
    return {
      requests,
      statusClasses: [...this.statusClasses],
      lost,
      heldTotal,
      held,
      inFlight,
      retried,
      resets,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
    }
  }

  latency(): HistogramCounts {
    return this.#latency.read()
  }
}

/** Index of a status in `statusClasses`; a status beyond 5xx counts as 5xx. */
export function statusClass(status: number): 1 | 2 | 3 | 4 | 5 {
  return Math.min(5, Math.max(1, Math.floor(status / 100))) as 1 | 2 | 3 | 4 | 5
}

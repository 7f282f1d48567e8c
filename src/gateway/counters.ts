import type { Exchange } from './exchange.ts'
import type { ServiceCounters } from './gateway.ts'
import { Histogram, type HistogramCounts } from './histogram.ts'

/** The figures of one lane while they are counted. */
export class Tally {
  lost = 0
  heldTotal = 0
  inFlight = 0
  retried = 0
  resets = 0
  streams = 0
  readonly statusClasses: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0]
  #bytesIn = 0
  #bytesOut = 0
  readonly #latency = new Histogram()

  /** Counts what is known of a request when nothing more is sent for it. */
  finish({ status, bytesIn, bytesOut, startedAt, streamed, complete }: Exchange, now: number): void {
    if (status === 0) this.statusClasses[0]++
    if (streamed) this.streams++
    this.#bytesIn += bytesIn
    this.#bytesOut += bytesOut
    // How long a stream lasts, or a client had patience, says nothing about how fast the app is.
    if (complete && !streamed) this.#latency.record((now - startedAt) * 1000)
  }

  /** A copy that does not move any more. */
  read(held: number): ServiceCounters {
    const { lost, heldTotal, inFlight, retried, resets, streams, statusClasses } = this
    return {
      requests: statusClasses.reduce((sum, count) => sum + count, 0),
      statusClasses: [...statusClasses],
      lost,
      heldTotal,
      held,
      inFlight,
      retried,
      resets,
      streams,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
    }
  }

  latency(): HistogramCounts {
    return this.#latency.read()
  }
}

/** What two lanes, or two workers, have counted together. */
export function addCounters(a: ServiceCounters, b: ServiceCounters): ServiceCounters {
  const [none, informed, fine, moved, faulty, failed] = a.statusClasses
  const others = b.statusClasses
  return {
    requests: a.requests + b.requests,
    statusClasses: [
      none + others[0],
      informed + others[1],
      fine + others[2],
      moved + others[3],
      faulty + others[4],
      failed + others[5],
    ],
    lost: a.lost + b.lost,
    heldTotal: a.heldTotal + b.heldTotal,
    held: a.held + b.held,
    inFlight: a.inFlight + b.inFlight,
    retried: a.retried + b.retried,
    resets: a.resets + b.resets,
    streams: a.streams + b.streams,
    bytesIn: a.bytesIn + b.bytesIn,
    bytesOut: a.bytesOut + b.bytesOut,
  }
}

/** Index of a status in `statusClasses`; a status beyond 5xx counts as 5xx. */
export function statusClass(status: number): 1 | 2 | 3 | 4 | 5 {
  return Math.min(5, Math.max(1, Math.floor(status / 100))) as 1 | 2 | 3 | 4 | 5
}

import type { DrainLimits, DrainResult } from './gateway.ts'
import { paceOf } from './drain-pace.ts'
import type { Exchange } from './exchange.ts'
import type { Origin } from './origin.ts'

/**
 * Waits until no request is on an origin. Until their limits, or when aborted, streams and then all else are ended in their
 * most orderly way: streams one after the other, so that their clients do not come back in one blow. Kept connections are
 * closed at the start, and again at the end.
 */
export async function drainOrigin(origin: Origin, limits: DrainLimits, signal: AbortSignal): Promise<DrainResult> {
  const began = performance.now()
  const inFlight = origin.claims.size
  const ending = new Ending(origin)
  origin.listed = false
  while (origin.claims.size > 0 && !signal.aborted) {
    const passed = performance.now() - began
    const requestsMs = limits.requestsMs - passed
    if (requestsMs <= 0) break
    const streamsMs = Math.min(limits.streamsMs - passed, requestsMs)
    // What becomes a stream when their time is over is ended as soon as it is seen.
    if (streamsMs <= 0) ending.end(ending.streams())
    const { pauseMs, count } = paceOf(ending.streams().length, streamsMs > 0 ? streamsMs : requestsMs)
    await emptyOrLate(origin, pauseMs, signal)
    if (!signal.aborted) ending.end(ending.streams().slice(0, count))
  }
  ending.end(ending.left())
  await new Promise<void>((resolve) => void origin.whenEmpty(resolve))
  origin.closeIdle()
  return { inFlight, ended: ending.ended, streams: ending.endedStreams, ms: Math.round(performance.now() - began) }
}

/** Ends what is on an origin, each exchange once: a client that was told to come back may take its time to hang up. */
class Ending {
  endedStreams = 0
  readonly #origin: Origin
  readonly #told = new Set<Exchange>()

  constructor(origin: Origin) {
    this.#origin = origin
  }

  get ended(): number {
    return this.#told.size
  }

  /** In the order of their coming. */
  left(): readonly Exchange[] {
    return this.#origin.claims.list().filter((exchange) => !this.#told.has(exchange))
  }

  streams(): readonly Exchange[] {
    return this.left().filter(({ streamed }) => streamed)
  }

  end(exchanges: readonly Exchange[]): void {
    for (const exchange of exchanges) {
      this.#told.add(exchange)
      if (exchange.streamed) this.endedStreams++
      exchange.endEarly()
    }
  }
}

function emptyOrLate(origin: Origin, limitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', settle)
      unsubscribe()
      resolve()
    }
    const timer = setTimeout(settle, signal.aborted ? 0 : Math.max(0, limitMs))
    signal.addEventListener('abort', settle)
    let unsubscribe = (): void => undefined
    unsubscribe = origin.whenEmpty(settle)
  })
}

import type { DrainLimits, DrainResult } from './gateway.ts'
import type { Claim, Origin } from './origin.ts'

/**
 * Waits until no request is on an origin. At their limits, or when aborted, streams and then all else are ended in their
 * most orderly way. Kept connections are closed at the start, and again at the end.
 */
export async function drainOrigin(origin: Origin, limits: DrainLimits, signal: AbortSignal): Promise<DrainResult> {
  const { requestsMs, streamsMs } = limits
  const began = performance.now()
  const inFlight = origin.claims.size
  let ended = 0
  const end = (which: (claim: Claim) => boolean): void => {
    for (const claim of [...origin.claims].filter(which)) {
      ended++
      claim.end()
    }
  }
  origin.listed = false
  if (streamsMs < requestsMs) {
    await emptyOrLate(origin, streamsMs, signal)
    end(({ stream }) => stream)
  }
  await emptyOrLate(origin, requestsMs - (performance.now() - began), signal)
  end(() => true)
  await new Promise<void>((resolve) => void origin.whenEmpty(resolve))
  origin.pool.closeIdle()
  return { inFlight, ended, ms: Math.round(performance.now() - began) }
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

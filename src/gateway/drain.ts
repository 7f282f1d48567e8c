import type { DrainResult } from './gateway.ts'
import type { Origin } from './origin.ts'

/**
 * Waits until no request is on an origin; after `drainMs`, or when aborted, ends what is left in its most orderly way.
 * Kept connections are closed at the start, and again at the end.
 */
export async function drainOrigin(origin: Origin, drainMs: number, signal: AbortSignal): Promise<DrainResult> {
  const began = performance.now()
  const inFlight = origin.claims.size
  origin.listed = false
  await emptyOrLate(origin, drainMs, signal)
  const left = [...origin.claims]
  for (const exchange of left) exchange.endEarly()
  await new Promise<void>((resolve) => void origin.whenEmpty(resolve))
  origin.closeIdle()
  return { inFlight, ended: left.length, ms: Math.round(performance.now() - began) }
}

function emptyOrLate(origin: Origin, drainMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', settle)
      unsubscribe()
      resolve()
    }
    const timer = setTimeout(settle, signal.aborted ? 0 : drainMs)
    signal.addEventListener('abort', settle)
    let unsubscribe = (): void => undefined
    unsubscribe = origin.whenEmpty(settle)
  })
}

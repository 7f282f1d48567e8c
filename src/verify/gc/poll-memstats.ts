import { setTimeout as pause } from 'node:timers/promises'
import { getText } from '../get-text.ts'

const pollMs = 500

/** Pauses that Go keeps (runtime.MemStats.PauseNs is a ring of so many). */
const ring = 256

interface MemStats {
  readonly NumGC: number
  readonly PauseNs: readonly number[]
}

/**
 * Tells the GC pauses of a Go service that has `expvar`, by asking its `/debug/vars` again and again until aborted. Another
 * process that answers, with fewer collections than the one before, is counted from its start.
 */
export async function pollMemstats(url: string, onPause: (ms: number) => void, signal: AbortSignal): Promise<void> {
  let seen: number | undefined
  const look = async (): Promise<void> => {
    const stats = await memstatsAt(url)
    if (stats === undefined) return
    const { NumGC, PauseNs } = stats
    const from = seen === undefined ? NumGC : NumGC < seen ? 0 : seen
    // The most recent pause is at [(NumGC+255)%256].
    for (let n = Math.max(from, NumGC - ring) + 1; n <= NumGC; n++) onPause((PauseNs[(n + ring - 1) % ring] ?? 0) / 1e6)
    seen = NumGC
  }
  while (!signal.aborted) {
    await look()
    await pause(pollMs, undefined, { signal }).catch(() => undefined)
  }
  await look()
}

/** A service that is being replaced may not answer for a moment; then nothing is known, and nothing is claimed. */
async function memstatsAt(url: string): Promise<MemStats | undefined> {
  try {
    const text = await getText(url, AbortSignal.timeout(pollMs * 4))
    const body = JSON.parse(text) as { readonly memstats?: Partial<MemStats> }
    const { NumGC, PauseNs } = body.memstats ?? {}
    return NumGC === undefined || PauseNs === undefined ? undefined : { NumGC, PauseNs }
  } catch {
    return undefined
  }
}

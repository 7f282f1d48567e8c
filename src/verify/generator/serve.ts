import { PerformanceObserver } from 'node:perf_hooks'
import type { SampleBatch } from '../samples.ts'
import { Load } from './load.ts'
import type { Order, Start, Tiding } from './messages.ts'

/** How often samples are told while somebody looks on. */
const tellMs = 200

/**
 * Where nobody does, so many batches wait for the end of the load: a million samples, 50 MB. To tell them takes processor
 * time of this process and of its parent's, on a machine that may have no more than the load needs.
 */
const mostKept = 64

/** Serves as the generator's process: takes one plan over IPC, carries it out and tells samples. Ends when its parent does. */
export async function serveGenerator(): Promise<void> {
  const stop = new AbortController()
  const now = new AbortController()
  const parentGone = new Promise<void>((resolve) => {
    process.once('disconnect', () => {
      now.abort()
      resolve()
    })
  })
  // Ctrl-C in a terminal reaches the whole group; the parent decides what it means.
  process.on('SIGINT', () => undefined)
  const start = await new Promise<Start>((resolve) => {
    process.on('message', (order: Order) => {
      if (order.type === 'start') resolve(order)
      else if (order.type === 'stop') stop.abort()
      else now.abort()
    })
    tell({ type: 'ready' })
  })
  await generate(start, stop.signal, now.signal)
  // The parent hangs up when it has read all; a process that ended before could take the last samples with it.
  await parentGone
}

async function generate({ plan, isWatched }: Start, stop: AbortSignal, now: AbortSignal): Promise<void> {
  const gc = { count: 0, maxMs: 0 }
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      gc.count++
      gc.maxMs = Math.max(gc.maxMs, duration)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  const tellBatch = (batch: SampleBatch): void => {
    tell({ type: 'samples', batch, inFlight: load.inFlight, openStreams: load.openStreams })
  }
  const tellAll = (): void => load.samples.takeAll().forEach(tellBatch)
  const load = new Load(plan, () => {
    const oldest = load.samples.whole > (isWatched ? 0 : mostKept) ? load.samples.takeWhole() : undefined
    if (oldest !== undefined) tellBatch(oldest)
  })
  const running = load.run(stop, now)
  tell({ type: 'began', at: load.beganAt })
  const timer = isWatched ? setInterval(tellAll, tellMs) : undefined
  const before = process.cpuUsage()
  await running
  clearInterval(timer)
  const { user, system } = process.cpuUsage(before)
  tellAll()
  observer.disconnect()
  const { connections, messages, stalls, sendingMs } = load
  tell({
    type: 'done',
    sendingMs,
    connections,
    messages,
    stalls,
    cpuMs: (user + system) / 1000,
    gcCount: gc.count,
    gcMaxMs: gc.maxMs,
  })
}

/** A parent that is gone has nobody to tell; this process ends by itself then. */
function tell(tiding: Tiding): void {
  if (process.connected) process.send?.(tiding, undefined, undefined, () => undefined)
}

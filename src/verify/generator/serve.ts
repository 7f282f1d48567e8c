import { PerformanceObserver } from 'node:perf_hooks'
import type { Plan } from '../plan.ts'
import { Load } from './load.ts'
import type { Order, Tiding } from './messages.ts'

/** How often samples are told. */
const tellMs = 200

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
  const plan = await new Promise<Plan>((resolve) => {
    process.on('message', (order: Order) => {
      if (order.type === 'start') resolve(order.plan)
      else if (order.type === 'stop') stop.abort()
      else now.abort()
    })
    tell({ type: 'ready' })
  })
  await generate(plan, stop.signal, now.signal)
  // The parent hangs up when it has read all; a process that ended before could take the last samples with it.
  await parentGone
}

async function generate(plan: Plan, stop: AbortSignal, now: AbortSignal): Promise<void> {
  const gc = { count: 0, maxMs: 0 }
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      gc.count++
      gc.maxMs = Math.max(gc.maxMs, duration)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  const tellSamples = (): void => {
    tell({ type: 'samples', batch: load.take(), inFlight: load.inFlight, openStreams: load.openStreams })
  }
  const load = new Load(plan, tellSamples)
  const running = load.run(stop, now)
  tell({ type: 'began', at: load.beganAt })
  const timer = setInterval(tellSamples, tellMs)
  const before = process.cpuUsage()
  await running
  clearInterval(timer)
  tellSamples()
  const { user, system } = process.cpuUsage(before)
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

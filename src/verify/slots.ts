import { Histogram } from './histogram.ts'
import type { Slot } from './report.ts'
import type { Sample } from './samples.ts'

/** Most slots of a run, and the shortest, in ms: what a plot can show. */
const most = 400
const shortestMs = 100

/** Cuts a run into equal slots by the intended starts of its requests, so that a stall shows where it began. */
export function slotsOf(
  samples: Iterable<Sample>,
  endMs: number,
  isTimed: (sample: Sample) => boolean,
): readonly Slot[] {
  const widthMs = Math.max(shortestMs, Math.ceil(endMs / most / shortestMs) * shortestMs)
  const slots = Array.from({ length: Math.ceil(endMs / widthMs) }, () => ({
    latency: new Histogram(),
    requests: 0,
    failed: 0,
  }))
  for (const sample of samples) {
    const slot = slots[Math.min(slots.length - 1, Math.floor(sample.intendedMs / widthMs))]
    if (slot === undefined) continue
    slot.requests++
    if (sample.outcome !== 'ok') slot.failed++
    else if (isTimed(sample)) slot.latency.add(sample.latencyMs)
  }
  return slots.map(({ latency, requests, failed }, index) => {
    const figure = (value: number): number | null => (latency.count === 0 ? null : Math.round(value * 1000) / 1000)
    return {
      atMs: index * widthMs,
      requests,
      failed,
      p50: figure(latency.quantile(0.5)),
      p99: figure(latency.quantile(0.99)),
      max: figure(latency.max),
    }
  })
}

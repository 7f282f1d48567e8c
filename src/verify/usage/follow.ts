import { setTimeout as pause } from 'node:timers/promises'
import { type Usage, usageOf } from './usage.ts'

/** What the service's processes used together since the point before. */
export interface UsagePoint {
  /** Since the begin. */
  readonly atMs: number
  /** Processor time since the last point, in ms; a process counts from the point at which it was first seen. */
  readonly cpuMs: number
  readonly rssBytes: number
  readonly processes: number
}

export interface FollowUsageOptions {
  /** Ms since the begin. */
  readonly now: () => number
  readonly onPoint: (point: UsagePoint) => void
  readonly signal: AbortSignal
}

const everyMs = 500

/** Tells usage until aborted. `pids` are asked for each time, for a deployment changes them; one that left is forgotten. */
export async function followUsage(
  pids: () => Promise<readonly number[]>,
  { now, onPoint, signal }: FollowUsageOptions,
): Promise<void> {
  const last = new Map<number, Usage>()
  while (!signal.aborted) {
    let [cpuMs, rssBytes, processes] = [0, 0, 0]
    for (const pid of await pids()) {
      const usage = await usageOf(pid)
      if (usage === undefined) continue
      const before = last.get(pid)
      last.set(pid, usage)
      if (before !== undefined) cpuMs += Math.max(0, usage.cpuMs - before.cpuMs)
      rssBytes += usage.rssBytes
      processes++
    }
    onPoint({ atMs: now(), cpuMs, rssBytes, processes })
    await pause(everyMs, undefined, { signal }).catch(() => undefined)
  }
}

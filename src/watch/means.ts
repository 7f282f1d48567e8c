import { watch } from 'node:fs'
import { stir } from './canary.ts'
import type { WatchFunction } from './hint-source.ts'
import { eventlessMounts } from './mounts.ts'
import type { WatchMode } from './watcher.ts'

/** What a watch takes from the system; tests put other things in their place. */
export interface Means {
  readonly watch: WatchFunction
  /** What `auto` means where events come. */
  readonly preferred: Exclude<WatchMode, 'poll'>
  readonly eventless: (directory: string) => string | undefined
  readonly stir: (directory: string) => boolean
  /** How long (ms) an event may take before it counts as missing. */
  readonly patienceMs: number
  /** Pause (ms) between two portions of the audit. */
  readonly auditMs: number
}

export function systemMeans(): Means {
  return {
    watch,
    preferred: process.platform === 'darwin' || process.platform === 'win32' ? 'recursive' : 'native',
    eventless: eventlessMounts(),
    stir,
    patienceMs: 2000,
    auditMs: 10_000,
  }
}

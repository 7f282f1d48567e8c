import type { FSWatcher } from 'node:fs'
import type { WatchMode } from './watcher.ts'

/** How far the events of one watch should reach: everything below, the directory's own names, or nothing more than exists. */
export type Reach = 'tree' | 'flat' | 'covered'

/**
 * Where hints come from that something may have changed. A hint is never the truth: it may be missing, doubled, late or
 * about something that is as it was.
 */
export interface HintSource {
  readonly mode: WatchMode
  /**
   * Asks for hints about a directory, also one that was open before. `covered` says that a parent is open with reach
   * `tree`. False: there will be no hints, and the directory has to be scanned.
   */
  open(directory: string, reach: Reach): boolean
  close(directory: string): void
  closeAll(): void
}

export interface HintSink {
  /** Something happened to a name in a directory; `.` is the directory itself. */
  readonly hint: (directory: string, name: string) => void
  /** Events were dropped; anything may have changed. */
  readonly lost: () => void
  /** Hints are not to be had for some directory, for this reason. */
  readonly degraded: (why: string) => void
}

/** The part of `fs.watch` that is used; tests put a failing one in its place. */
export type WatchFunction = (
  directory: string,
  options: { readonly recursive: boolean },
  listener: (event: string, name: string | null) => void,
) => Pick<FSWatcher, 'close' | 'on'>

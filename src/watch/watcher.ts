import type { ChangeSet } from '../model/change.ts'

/** How changes are found out: events of the system, or looking again and again. */
export type WatchMode = 'native' | 'recursive' | 'poll'

export interface WatchSpec {
  /** Absolute directories, watched recursively. */
  readonly roots: readonly string[]
  /** Absolute single files wherever they are (settings, env files); they need not exist yet. They are told even if ignored. */
  readonly files: readonly string[]
  /** True for what is not looked at; an ignored directory is pruned. Asked with absolute paths below a root. */
  readonly ignored: (path: string, isDirectory: boolean) => boolean
  /**
   * Called with each file that may have changed, before anything is compared. True where that file alters what `ignored`
   * says (a `.gitignore`): everything below its directory is then looked at again. `Ignore.reread` is meant for this.
   */
  readonly reread?: (path: string) => boolean
  /** `auto`: native, or polling where the file system sends no events. */
  readonly mode: 'auto' | 'native' | 'poll'
  /** The least time between two scans. A scan that takes time T is followed by a pause of at least ten T. */
  readonly pollMs: number
  /** Silence that ends a burst of events. A burst without silence is told after about 250 ms nevertheless. */
  readonly settleMs: number
  readonly followLinks: boolean
}

export interface WatchSummary {
  readonly mode: WatchMode
  readonly directories: number
  readonly files: number
  /** Until the first snapshot was complete and every watch was set. */
  readonly ms: number
  /** Why polling was chosen, where `auto` did not choose native. */
  readonly why?: string
}

/**
 * Tells every change of content below the roots, coalesced, once, in order. Files that are written with the content they
 * had, touched or chmodded are not told. Ends when it is disposed.
 */
export interface Watcher extends AsyncIterable<ChangeSet>, AsyncDisposable {
  /** Resolves when changes from now on will be told. @throws HotlaneError HL2001 */
  readonly ready: Promise<WatchSummary>
}

export interface WatchListener {
  /** Said at most once: watches ran out or events were lost, and scanning has taken their place. */
  readonly degraded: (why: string) => void
}

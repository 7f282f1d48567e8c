import type { FileState } from './file-state.ts'
import type { HintSource } from './hint-source.ts'
import type { Pace } from './pace.ts'
import type { Tree } from './tree.ts'
import type { WatchSpec } from './watcher.ts'

/** What the steps of a watch share. */
export interface Scene {
  readonly spec: WatchSpec
  readonly tree: Tree
  readonly source: HintSource
  readonly pace: Pace
  readonly signal: AbortSignal
  /** Notes that a file is now as given; undefined where there is none. */
  readonly note: (path: string, before: FileState | undefined, after: FileState | undefined) => void
  /** The file seems to be in the middle of being written; true where it should be looked at again before it is believed. */
  readonly postpone: (directory: string, name: string, doubt: Doubt) => boolean
  /** A file that is too large to be read now; its content is wanted for later comparisons. */
  readonly readLater: (directory: string, name: string) => void
  /** False while the first snapshot is taken: contents are then read in the background, after ready. */
  readonly comparing: () => boolean
}

/** Why a look at a file is not believed at once. `mtimeMs` tells whether it has been written since. */
export interface Doubt {
  readonly why: 'empty' | 'unsteady'
  readonly mtimeMs: number
}

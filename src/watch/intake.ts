import path from 'node:path'
import { Hints } from './hints.ts'
import type { Tree } from './tree.ts'
import type { WatchSpec } from './watcher.ts'

/** So many events in one turn of the event loop may be all that was left of a queue that overflowed (inotify(7): 16,384). */
const suspiciousCount = 4096

export interface IntakeOptions {
  readonly spec: WatchSpec
  readonly tree: Tree
  /** An event came from a directory. */
  readonly heard: (directory: string) => void
  /** A hint was taken in that may mean a change. */
  readonly accepted: () => void
  /** Events may have been lost. */
  readonly suspicious: () => void
}

/** Takes in what a hint source says, drops what is ignored at once, and notices floods. */
export class Intake {
  readonly hints = new Hints()
  readonly #options: IntakeOptions
  #turnCount = 0

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  readonly hint = (directory: string, name: string): void => {
    if (this.#turnCount++ === 0) setImmediate(() => (this.#turnCount = 0)).unref()
    if (this.#turnCount === suspiciousCount) this.#options.suspicious()
    this.#options.heard(directory)
    if (this.#accept(directory, name) !== 'dropped') this.#options.accepted()
  }

  /** The same for what was found without an event. To find it again before it was examined is no sign of a longer burst. */
  readonly found = (directory: string, name: string): void => {
    if (this.#accept(directory, name) === 'new') this.#options.accepted()
  }

  #accept(directory: string, name: string): 'new' | 'known' | 'dropped' {
    const { spec, tree } = this.#options
    const known = tree.get(directory)
    if (known === undefined) {
      // Recursive events come from directories that are new, or pruned; their nearest known ancestor decides.
      const parent = path.dirname(directory)
      return parent === directory ? 'dropped' : this.#accept(parent, path.basename(directory))
    }
    if (name !== '.' && !known.knows(name) && !known.pinned.has(name)) {
      const full = path.join(directory, name)
      if (!known.whole || (spec.ignored(full, false) && spec.ignored(full, true))) return 'dropped'
    }
    return this.hints.add(directory, name) ? 'new' : 'known'
  }
}

import type { Doubt } from './scene.ts'

export interface PostponedOptions {
  /** For how long (ms) an emptied file must stay as it is before it is believed to be meant. */
  readonly emptyMs: number
  /** After so long (ms) the content of a file that is written without end is told as it is. */
  readonly unsteadyMs: number
}

interface Entry {
  readonly directory: string
  readonly name: string
  readonly since: number
  readonly seenAt: number
  readonly mtimeMs: number
}

/** Files that were seen in the middle of being written, and are looked at again before they are believed. */
export class Postponed {
  readonly #options: PostponedOptions
  readonly #entries = new Map<string, Entry>()
  #again: Entry[] = []

  constructor(options: PostponedOptions) {
    this.#options = options
  }

  /** True where the file should be looked at again; false where it has been doubted for long enough. */
  add(directory: string, name: string, doubt: Doubt): boolean {
    const key = `${directory}/${name}`
    const now = performance.now()
    const known = this.#entries.get(key)
    const since = known?.since ?? now
    const untouchedFor = known !== undefined && known.mtimeMs === doubt.mtimeMs ? now - known.seenAt : 0
    const isBelieved =
      doubt.why === 'empty' ? untouchedFor >= this.#options.emptyMs : now - since >= this.#options.unsteadyMs
    if (isBelieved) {
      this.#entries.delete(key)
      return false
    }
    const seenAt = known !== undefined && untouchedFor > 0 ? known.seenAt : now
    const entry = { directory, name, since, seenAt, mtimeMs: doubt.mtimeMs }
    this.#entries.set(key, entry)
    this.#again.push(entry)
    return true
  }

  /** The files to look at again now. */
  take(): readonly { readonly directory: string; readonly name: string }[] {
    const again = this.#again
    this.#again = []
    // What was doubted earlier and not again has been believed by its look.
    const current = new Set(again)
    for (const [key, entry] of this.#entries) if (!current.has(entry)) this.#entries.delete(key)
    return again
  }
}

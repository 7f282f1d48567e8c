import type { FileChange } from '../model/change.ts'
import type { FileState } from './file-state.ts'

/**
 * The change set in the making: for each path the state that was last told, and the state now. What happened in between
 * cancels out, so that a file that came and went, or went and came back with its content, is not told.
 */
export class Draft {
  readonly #entries = new Map<string, { readonly before: FileState | undefined; after: FileState | undefined }>()

  note(path: string, before: FileState | undefined, after: FileState | undefined): void {
    const entry = this.#entries.get(path)
    if (entry === undefined) this.#entries.set(path, { before, after })
    else entry.after = after
  }

  /** The changes that remain, by path, and an empty draft again. */
  take(): FileChange[] {
    const changes: FileChange[] = []
    for (const [path, { before, after }] of this.#entries) {
      if (before === undefined && after !== undefined) changes.push({ path, kind: 'added' })
      else if (before !== undefined && after === undefined) changes.push({ path, kind: 'removed' })
      else if (before?.hash === undefined ? before !== after : before.hash !== after?.hash) {
        changes.push({ path, kind: 'changed' })
      }
    }
    this.#entries.clear()
    return changes.sort((a, b) => (a.path < b.path ? -1 : 1))
  }
}

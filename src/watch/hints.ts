/** Names that may have changed, by directory, each once. */
export class Hints {
  #names = new Map<string, Set<string>>()

  /** False where the hint was there already. */
  add(directory: string, name: string): boolean {
    const names = this.#names.get(directory)
    if (names?.has(name) === true) return false
    if (names === undefined) this.#names.set(directory, new Set([name]))
    else names.add(name)
    return true
  }

  /** All hints, directories before what is below them, and none left. */
  take(): [directory: string, names: ReadonlySet<string>][] {
    const names = [...this.#names].sort(([a], [b]) => (a < b ? -1 : 1))
    this.#names = new Map()
    return names
  }
}

import { statSync } from 'node:fs'
import { Latest } from '../support/latest.ts'

/** The system tells of a removal a moment after the command that removed has ended; a removed file has no time of its own. */
const toldLateMs = 1000

/** The runs of one rule: when the last one was, and which of its own inputs it writes. */
export class RuleRun {
  readonly latest = new Latest()
  readonly #learnt = new Set<string>()
  #startedAt = Number.POSITIVE_INFINITY
  #endedAt = Number.POSITIVE_INFINITY
  #endedAtWall = Number.POSITIVE_INFINITY
  /** How the last run has left the inputs that it is known to write. */
  #left: ReadonlyMap<string, string> = new Map()
  #written = new Set<string>()
  #writtenBefore = new Set<string>()

  begin(): void {
    this.#writtenBefore = this.#written
    this.#written = new Set()
    this.#startedAt = performance.now()
    this.#endedAt = Number.POSITIVE_INFINITY
    this.#endedAtWall = Number.POSITIVE_INFINITY
    this.#left = new Map()
  }

  end(): void {
    this.#endedAt = performance.now()
    this.#endedAtWall = Date.now()
    this.#left = new Map(Array.from([...this.#written, ...this.#writtenBefore], (file) => [file, stateOf(file)]))
  }

  /**
   * Whether a change that was seen at that time (`performance.now()`) can be the command's own doing: a file that was
   * written after the command had ended is somebody else's, however late the system tells of one that was not.
   */
  covers(file: string, at: number): boolean {
    if (at < this.#startedAt) return false
    const left = this.#left.get(file)
    if (left !== undefined) return left === stateOf(file)
    const writtenAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    return writtenAt === undefined ? at <= this.#endedAt + toldLateMs : writtenAt <= this.#endedAtWall
  }

  /** Notes an input that changed during a run, and tells whether two runs in a row did that: then it is the rule's own doing. */
  noteWrite(file: string): boolean {
    this.#written.add(file)
    if (this.#writtenBefore.has(file)) this.#learnt.add(file)
    return this.#learnt.has(file)
  }
}

/** Differs after every write: the clock of the file system alone is too coarse to tell two of them apart. */
function stateOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? 'none' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`
}

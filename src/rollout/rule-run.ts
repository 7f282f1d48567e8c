import { Latest } from '../support/latest.ts'

/** The system tells of a write a moment after the command that wrote has ended. */
const toldLateMs = 100

/** The runs of one rule: when the last one was, and which of its own inputs it writes. */
export class RuleRun {
  readonly latest = new Latest()
  readonly #learnt = new Set<string>()
  #startedAt = Number.POSITIVE_INFINITY
  #endedAt = Number.POSITIVE_INFINITY
  #written = new Set<string>()
  #writtenBefore = new Set<string>()

  begin(): void {
    this.#writtenBefore = this.#written
    this.#written = new Set()
    this.#startedAt = performance.now()
    this.#endedAt = Number.POSITIVE_INFINITY
  }

  end(): void {
    this.#endedAt = performance.now()
  }

  /** Whether a change at that time (`performance.now()`) can be the command's own doing. */
  covers(at: number): boolean {
    return at >= this.#startedAt && at <= this.#endedAt + toldLateMs
  }

  /** An input that changed during a run. Where two runs in a row do that, the file is an output: else it would loop. */
  noteWrite(file: string): void {
    this.#written.add(file)
    if (this.#writtenBefore.has(file)) this.#learnt.add(file)
  }

  hasLearnt(file: string): boolean {
    return this.#learnt.has(file)
  }
}

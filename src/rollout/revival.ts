import { type Crash, isCrashLoop, nextDelay } from '../supervise/backoff.ts'

/** The backoff needs no more than the last few to know its longest delay. */
const remembered = 20

/** When a crashed instance is started again: keeps the history of crashes and the one timer. */
export class Revival {
  #history: readonly Crash[] = []
  #delayMs: number | undefined
  #timer: NodeJS.Timeout | undefined

  get crashes(): number {
    return this.#history.length
  }

  get isLoop(): boolean {
    return isCrashLoop(this.#history)
  }

  /** Notes a crash and returns the milliseconds after which the instance should be started again. */
  crashed(livedMs: number): number {
    this.#history = [...this.#history.slice(1 - remembered), { livedMs }]
    this.#delayMs = nextDelay(this.#history)
    return this.#delayMs
  }

  /** Calls back after the delay, if a crash is still unanswered. */
  schedule(revive: () => void): void {
    this.cancel()
    if (this.#delayMs === undefined) return
    this.#timer = setTimeout(revive, this.#delayMs)
  }

  /** Nothing is started by time; the crash stays unanswered. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** An instance serves again. The history stays, so that the next crash waits longer. */
  answered(): void {
    this.cancel()
    this.#delayMs = undefined
  }

  /** A new release is another program: it starts without a history. */
  forget(): void {
    this.answered()
    this.#history = []
  }
}

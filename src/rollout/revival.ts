/** A service that has crashed this often without a healthy while in between is in a crash loop. */
const loopAfter = 3

/** When a crashed instance is started again: keeps the history of crashes and the one timer. */
export class Revival {
  readonly #nextDelayMs: (crashesAt: readonly number[]) => number
  #crashesAt: number[] = []
  #delayMs: number | undefined
  #timer: NodeJS.Timeout | undefined

  /** `nextDelayMs` is asked with the times of all crashes since the last reset, the newest last. */
  constructor(nextDelayMs: (crashesAt: readonly number[]) => number) {
    this.#nextDelayMs = nextDelayMs
  }

  get crashes(): number {
    return this.#crashesAt.length
  }

  get isLoop(): boolean {
    return this.#crashesAt.length >= loopAfter
  }

  /** Notes a crash and returns the delay after which the instance should be started again. */
  crashed(at: number): number {
    this.#crashesAt = [...this.#crashesAt.slice(-19), at]
    this.#delayMs = this.#nextDelayMs(this.#crashesAt)
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
    this.#crashesAt = []
  }
}

import { type Crash, isCrashLoop, nextDelay } from '../../supervise/backoff.ts'

/** The backoff needs no more than the last few to know its longest delay. */
const remembered = 20

/** When an instance of the serving release is started in the place of one that ended by itself. */
export class Restarts {
  #history: readonly Crash[] = []
  #at = 0

  /** Milliseconds since 1970; 0 where nothing stands in the way, infinite where it is never done. */
  get at(): number {
    return this.#at
  }

  get isLoop(): boolean {
    return isCrashLoop(this.#history)
  }

  get crashes(): number {
    return this.#history.length
  }

  /** Returns the delay in milliseconds; undefined where the service is not to be restarted. */
  crashed(now: number, livedMs: number, restartOnCrash: boolean): number | undefined {
    this.#history = [...this.#history.slice(1 - remembered), { livedMs }]
    if (!restartOnCrash) {
      this.#at = Number.POSITIVE_INFINITY
      return undefined
    }
    const delayMs = nextDelay(this.#history)
    this.#at = now + delayMs
    return delayMs
  }

  /** Another release is another program, without a history. */
  forget(): void {
    this.#history = []
    this.#at = 0
  }
}

import type { RolloutClock } from './context.ts'

/** Sleeps until a moment, or until somebody rings; who rings while nobody sleeps ends the next sleep at once. */
export class Alarm {
  readonly #clock: RolloutClock
  #rang = false
  #rouse: () => void = () => undefined

  constructor(clock: RolloutClock) {
    this.#clock = clock
  }

  ring(): void {
    this.#rang = true
    this.#rouse()
  }

  /** What rang before has been seen to. */
  reset(): void {
    this.#rang = false
  }

  /** `atMs` is in milliseconds since 1970. */
  async sleep(atMs: number): Promise<void> {
    if (this.#rang) return
    const controller = new AbortController()
    this.#rouse = () => controller.abort()
    await this.#clock.until(atMs, controller.signal)
    this.#rouse = () => undefined
  }
}

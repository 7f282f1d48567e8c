import type { RolloutClock } from '../../../src/rollout/staged/context.ts'

interface Waiter {
  readonly at: number
  readonly resolve: () => void
}

/** Time that passes only when a test says so, and then at once. */
export class Clock implements RolloutClock {
  #now: number
  #waiters: Waiter[] = []

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  pass(ms: number): Promise<void> {
    return this.until(this.#now + ms, new AbortController().signal)
  }

  until(atMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiter = { at: atMs, resolve }
      const settle = (): void => {
        this.#waiters = this.#waiters.filter((each) => each !== waiter)
        resolve()
      }
      if (signal.aborted || atMs <= this.#now) return resolve()
      this.#waiters.push(waiter)
      signal.addEventListener('abort', settle, { once: true })
    })
  }

  /** Nobody is waited for any more. */
  forget(): void {
    this.#waiters = []
  }

  /** Lets everything happen that can happen now; then time goes on to the next moment that is waited for, until it is so. */
  async goOnUntil(isSo: () => boolean, latest = Number.POSITIVE_INFINITY): Promise<void> {
    for (let steps = 0; steps < 20_000; steps++) {
      await settled()
      if (isSo()) return
      // What was asked for in the question itself may have set something going.
      if (this.#waiters.length === 0) await settled()
      const [next] = this.#waiters.toSorted((a, b) => a.at - b.at)
      if (next === undefined || next.at > latest) throw new Error('nothing more happens, and it is not so')
      this.#now = Math.max(this.#now, next.at)
      this.#waiters = this.#waiters.filter((each) => each !== next)
      next.resolve()
    }
    throw new Error('it does not come to an end')
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    let reached = false
    void this.pass(ms).then(() => (reached = true))
    await this.goOnUntil(() => reached && this.#now >= end)
  }
}

/** Everything that needs no time has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}

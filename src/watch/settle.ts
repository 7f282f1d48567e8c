/** A burst is told so long after its first event even if it goes on. */
export const ceilingMs = 250

export interface SettleOptions {
  /** Silence that ends a small burst; a larger burst is given more, since whatever makes it is likely to go on. */
  readonly settleMs: number
  readonly fire: () => void
}

/** Decides when a burst of events is over: after a silence, or at the ceiling. */
export class Settle {
  readonly #options: SettleOptions
  #timer: NodeJS.Timeout | undefined
  #firstAt: number | undefined
  #lastAt = 0
  #count = 0
  #wakeAt = Infinity

  constructor(options: SettleOptions) {
    this.#options = options
  }

  hint(): void {
    const isFirst = this.#firstAt === undefined
    this.#lastAt = performance.now()
    this.#firstAt ??= this.#lastAt
    this.#count++
    // Later hints need no timer of their own: the one that is set looks how long it has been quiet.
    if (isFirst) this.#arm()
  }

  /** Fires at the given time of `performance.now()` at the latest, whatever happens until then. */
  wake(at: number): void {
    this.#wakeAt = Math.min(this.#wakeAt, at)
    this.#arm()
  }

  /** Ends the burst and tells when it began, in `performance.now()`; undefined where there was no event. */
  take(): number | undefined {
    const firstAt = this.#firstAt
    this.stop()
    return firstAt
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#firstAt = undefined
    this.#count = 0
    this.#wakeAt = Infinity
  }

  #arm(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#check, this.#remaining())
  }

  readonly #check = (): void => {
    if (this.#remaining() > 0) this.#arm()
    else this.#options.fire()
  }

  #remaining(): number {
    const quietMs = this.#options.settleMs * (this.#count > 100 ? 3 : this.#count > 10 ? 2 : 1)
    const quietAt = this.#firstAt === undefined ? Infinity : this.#lastAt + quietMs
    const ceilingAt =
      this.#firstAt === undefined ? Infinity : this.#firstAt + Math.max(ceilingMs, this.#options.settleMs)
    // A timer may fire a fraction of a millisecond early; without rounding up it would be set again for nothing.
    return Math.ceil(Math.min(quietAt, ceilingAt, this.#wakeAt) - performance.now())
  }
}

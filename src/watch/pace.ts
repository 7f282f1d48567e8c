import { setImmediate, setTimeout } from 'node:timers/promises'

/** Cuts long synchronous work into slices, between which the event loop serves others. */
export class Pace {
  readonly #sliceMs: number
  readonly #restMs: number
  #sliceEnd: number

  /** `restMs` 0 lets others run once; more leaves the processor idle for so long, without keeping the process alive. */
  constructor(sliceMs: number, restMs = 0) {
    this.#sliceMs = sliceMs
    this.#restMs = restMs
    this.#sliceEnd = performance.now() + sliceMs
  }

  /** True where the slice is used up and `rest` should be awaited. */
  due(): boolean {
    return performance.now() >= this.#sliceEnd
  }

  /** @throws AbortError */
  async rest(signal: AbortSignal): Promise<void> {
    await (this.#restMs === 0
      ? setImmediate(undefined, { signal })
      : setTimeout(this.#restMs, undefined, { signal, ref: false }))
    this.#sliceEnd = performance.now() + this.#sliceMs
  }
}

/** The reason with which an older run is aborted when a newer one takes its place. */
export class Superseded extends Error {
  constructor() {
    super('superseded by a newer change')
    this.name = 'Superseded'
  }
}

/**
 * Newest wins: a new run aborts the one that is running, waits until it has ended, and drops any that waited.
 * So never two runs at a time, and the last one asked for always runs. So that a flood of requests cannot starve it, after
 * `patience` aborted runs in a row the next one is let finish while the newest waits.
 */
export class Latest {
  #running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined
  readonly #patience: number
  #turn = 0
  #abortedInARow = 0

  constructor(patience = Number.POSITIVE_INFINITY) {
    this.#patience = patience
  }

  /** Resolves with the task's result, or with `undefined` if a newer run took its place. */
  async run<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const turn = ++this.#turn
    while (this.#running !== undefined) {
      const { controller, ended } = this.#running
      if (!controller.signal.aborted && this.#abortedInARow < this.#patience) {
        this.#abortedInARow++
        controller.abort(new Superseded())
      }
      await ended
      if (turn !== this.#turn) return undefined
    }
    const controller = new AbortController()
    const result = task(controller.signal)
    const ended = result.then(
      () => undefined,
      () => undefined,
    )
    this.#running = { controller, ended }
    try {
      return await result
    } catch (error) {
      if (controller.signal.aborted && controller.signal.reason instanceof Superseded) return undefined
      throw error
    } finally {
      if (!controller.signal.aborted) this.#abortedInARow = 0
      this.#running = undefined
    }
  }

  /** True while a run is going on or waits for an older one to end. */
  get busy(): boolean {
    return this.#running !== undefined
  }

  /** Aborts what runs, drops what waits, and resolves when nothing runs any more. */
  async stop(reason?: unknown): Promise<void> {
    this.#turn++
    this.#running?.controller.abort(reason ?? new Superseded())
    await this.#running?.ended
  }
}

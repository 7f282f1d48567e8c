/** The reason with which an older run is aborted when a newer one takes its place. */
export class Superseded extends Error {
  constructor() {
    super('superseded by a newer change')
    this.name = 'Superseded'
  }
}

/**
 * Newest wins: a new run aborts the one that is running, waits until it has ended, and drops any that waited.
 * So never two runs at a time, and the last one asked for always runs.
 */
export class Latest {
  #running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined
  #turn = 0

  /** Resolves with the task's result, or with `undefined` if a newer run took its place. */
  async run<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const turn = ++this.#turn
    while (this.#running !== undefined) {
      this.#running.controller.abort(new Superseded())
      await this.#running.ended
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

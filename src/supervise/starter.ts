import type { Instance, StartSpec, SuperviseContext } from './instance.ts'
import { start } from './start.ts'
import { StartThread } from './thread/start-thread.ts'

/**
 * Starts instances: in the thread of the caller as long as nothing can be disturbed by that, and in one of its own, which costs
 * some 10 MB, from the first `separate` on.
 */
export class Starter implements AsyncDisposable {
  #thread: StartThread | undefined

  /** Opens the thread, which takes some ten milliseconds of its own time; later calls do nothing. */
  separate(): void {
    this.#thread ??= new StartThread()
  }

  /** As `start` of `supervise/start`. */
  start(spec: StartSpec, context: SuperviseContext, signal: AbortSignal): Promise<Instance> {
    return this.#thread === undefined ? start(spec, context, signal) : this.#thread.start(spec, context, signal)
  }

  /** All instances should have been stopped before. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread?.[Symbol.asyncDispose]()
    this.#thread = undefined
  }
}

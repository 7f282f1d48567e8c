import { StartHelper } from './helper/start-helper.ts'
import type { Instance, StartSpec, SuperviseContext } from './instance.ts'
import { start } from './start.ts'

/**
 * Starts instances: in the process of the caller as long as nothing can be disturbed by that, and in a helper of its own, which
 * has some 10 MB for itself, from the first `separate` on.
 */
export class Starter implements AsyncDisposable {
  #helper: StartHelper | undefined

  /** Opens the helper, which takes some fifty milliseconds of its own time; later calls do nothing, but where it was lost. */
  separate(): void {
    if (this.#helper === undefined || this.#helper.isLost) this.#helper = new StartHelper()
  }

  /** As `start` of `supervise/start`. */
  start(spec: StartSpec, context: SuperviseContext, signal: AbortSignal): Promise<Instance> {
    if (this.#helper === undefined) return start(spec, context, signal)
    this.separate()
    return this.#helper.start(spec, context, signal)
  }

  /** All instances should have been stopped before. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#helper?.[Symbol.asyncDispose]()
    this.#helper = undefined
  }
}

import type { BuildInputs } from '../build/builder.ts'
import type { Artifact } from '../model/artifact.ts'
import type { Emit } from '../model/event.ts'
import { reportError } from '../support/errors.ts'
import type { LaneContext } from './lane-context.ts'

/** A failure that an event has told already. */
export class Told extends Error {
  constructor(cause: unknown) {
    super('told', { cause })
    this.name = 'Told'
  }
}

/** The building of one service: its last artifact, whether the last try failed, and what it depends on. */
export class Building {
  #artifact: Artifact | undefined
  #failed = false
  #inputs: BuildInputs | undefined
  #turn = 0

  /** Of the last build that succeeded. */
  get artifact(): Artifact | undefined {
    return this.#artifact
  }

  get failed(): boolean {
    return this.#failed
  }

  get inputs(): BuildInputs | undefined {
    return this.#inputs
  }

  forgetInputs(): void {
    this.#turn++
    this.#inputs = undefined
  }

  /** Builds and tells it. `isServed` says whether an artifact needs no new instance. @throws Told, or the signal's reason */
  async run(context: LaneContext, isServed: (artifact: Artifact) => boolean, signal: AbortSignal): Promise<Artifact> {
    const { emit, builder, before, now } = context
    const service = context.service.name
    const began = performance.now()
    // Where nothing is built there is nothing to tell.
    const tell: Emit = context.service.build.kind === 'none' ? () => undefined : emit
    tell({ type: 'build.started', service })
    try {
      await before(signal)
      const artifact = await builder.build(signal)
      const ms = performance.now() - began
      this.#artifact = artifact
      this.#failed = false
      tell({ type: 'build.finished', service, artifact: artifact.hash, ms, same: isServed(artifact) })
      void this.#askInputs(context, now)
      return artifact
    } catch (error) {
      if (signal.aborted) {
        tell({ type: 'build.aborted', service })
        throw error
      }
      this.#failed = true
      emit({ type: 'build.failed', service, error: reportError(error), ms: performance.now() - began })
      throw new Told(error)
    }
  }

  /** Beside the way to the switch, since the toolchain takes its time to answer. */
  async #askInputs({ builder, learnt }: LaneContext, now: AbortSignal): Promise<void> {
    const turn = ++this.#turn
    const inputs = await builder.inputs(now).catch(() => undefined)
    if (turn !== this.#turn) return
    this.#inputs = inputs
    if (inputs !== undefined) learnt(inputs)
  }
}

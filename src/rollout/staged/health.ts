import type { Exit } from '../../model/instance.ts'
import { describeExit } from '../../model/instance.ts'
import type { Release } from '../../model/release.ts'
import type { Instance } from '../../supervise/instance.ts'
import { formatDuration } from '../../support/duration.ts'
import { HotlaneError } from '../../support/errors.ts'
import type { RolloutContext } from './context.ts'
import type { Observation } from './observation.ts'
import { Restarts } from './restarts.ts'
import type { ServiceState } from './state.ts'

/** What has become of instances that ended by themselves, and what follows for those that are to take their place. */
export class Health {
  readonly #context: Pick<RolloutContext, 'service' | 'emit' | 'clock'>
  readonly #restarts = new Restarts()
  #down: Observation['down']

  constructor(context: Pick<RolloutContext, 'service' | 'emit' | 'clock'>) {
    this.#context = context
  }

  /** Earliest start of another instance of the release that serves, milliseconds since 1970. */
  get reviveAt(): number {
    return this.#restarts.at
  }

  /** Why requests are refused while nothing serves, instead of waiting. */
  get down(): Observation['down'] {
    return this.#down
  }

  /** Another release serves: what the one before did is forgotten. */
  renew(): void {
    this.#restarts.forget()
    this.#down = undefined
  }

  /** A start in the place of an instance that had ended has failed, too: the next one waits longer. */
  failedStart({ stable, instances }: ServiceState, id: string): void {
    const release = instances.find((instance) => instance.id === id)?.release
    if (release === undefined || release !== stable?.release) return
    this.#restarts.crashed(this.#context.clock.now(), 0, true)
  }

  /** Tells of a crash; the end of an instance that was told to end, or was to end soon, is none. */
  ended(
    state: ServiceState,
    {
      instance,
      exit,
      livedMs,
      release,
    }: {
      readonly instance: Instance
      readonly exit: Exit
      readonly livedMs: number
      readonly release: Release | undefined
    },
  ): void {
    const stage = state.instances.find(({ id }) => id === instance.id)?.stage
    if (stage !== 'ready' && stage !== 'resting') return
    const { service, emit, clock } = this.#context
    const isServing = serves(state, instance.release)
    const restarts = release?.service.restartOnCrash ?? true
    const delayMs = isServing ? this.#restarts.crashed(clock.now(), livedMs, restarts) : undefined
    const { pid } = instance
    const soon = delayMs === undefined ? {} : { restartInMs: delayMs }
    const output = instance.lastOutput()
    emit({ type: 'instance.crashed', service, release: instance.release, pid, exit, ...soon, output })
    if (!isServing || (delayMs !== undefined && !this.#restarts.isLoop)) return
    const count = Math.max(1, this.#restarts.crashes)
    const delay = delayMs === undefined ? 'no time' : formatDuration(delayMs)
    const { message } = new HotlaneError('HL4004', { params: { service, count, how: describeExit(exit), delay } })
    this.#down = { why: message, ...(output === '' ? {} : { detail: output }) }
  }
}

/** An instance on trial, or in the bake, is not started again: its end takes the release back. */
function serves({ stable, rollout }: ServiceState, release: number): boolean {
  return release === stable?.release && !(rollout?.phase === 'baking' && rollout.from !== undefined)
}

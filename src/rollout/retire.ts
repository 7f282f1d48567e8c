import type { DrainLimits, Gateway } from '../gateway/gateway.ts'
import type { Emit } from '../model/event.ts'
import type { Instance } from '../supervise/instance.ts'

/** More generations than this are not left draining for long: the oldest is then ended early. */
const maxDraining = 4

/**
 * So long a switch is left alone before what it makes superfluous is cleared away, in ms: the requests of its moment need the
 * processor more.
 */
export const restMs = 1000

interface Retirement {
  readonly early: AbortController
  readonly done: Promise<void>
}

export interface RetiringContext {
  readonly service: string
  readonly gateway: Pick<Gateway, 'drain'>
  readonly emit: Emit
  /** Aborted when everything is to end at once: instances are then killed without grace. */
  readonly now: AbortSignal
}

/** Owns the instances that no longer get traffic: drains each, then stops it. */
export class Retiring {
  readonly #context: RetiringContext
  readonly #draining = new Set<Retirement>()
  #rest: NodeJS.Timeout | undefined

  constructor(context: RetiringContext) {
    this.#context = context
  }

  /** Resolves when the instance is gone. Unroute it first. */
  async retire(instance: Instance, limits: DrainLimits): Promise<void> {
    const early = new AbortController()
    const retirement = { early, done: this.#drainAndStop(instance, limits, early.signal) }
    this.#draining.add(retirement)
    if (this.#rest === undefined) this.#rest = setTimeout(() => this.#thin(), restMs).unref()
    try {
      await retirement.done
    } finally {
      this.#draining.delete(retirement)
    }
  }

  /** Ends every drain early and resolves when all instances are gone. */
  async finish(): Promise<void> {
    const all = [...this.#draining]
    for (const { early } of all) early.abort()
    await Promise.allSettled(all.map(({ done }) => done))
  }

  #thin(): void {
    this.#rest = undefined
    for (const oldest of [...this.#draining].slice(0, -maxDraining)) oldest.early.abort()
  }

  async #drainAndStop(instance: Instance, limits: DrainLimits, early: AbortSignal): Promise<void> {
    const { service, gateway, emit, now } = this.#context
    await gateway.drain(instance.id, limits, early)
    const { exit, killed } = await instance.stop(now)
    emit({ type: 'instance.stopped', service, release: instance.release, pid: instance.pid, exit, killed })
  }
}

import type { Plan } from '../../model/plan.ts'
import type { Release } from '../../model/release.ts'
import type { RolloutView } from '../../model/rollout.ts'
import { HotlaneError } from '../../support/errors.ts'
import { whyNot } from './apply-order.ts'
import type { RolloutContext } from './context.ts'
import { readyOf } from './groups.ts'
import { Loop } from './loop.ts'
import type { Order } from './records.ts'
import { priorRelease } from './rollback.ts'
import type { ServiceState } from './state.ts'
import { Turn } from './turn.ts'

/** What is to be rolled out, and how: a release's own plan, or another one for this once. */
export interface Deployment {
  readonly release: Release
  readonly plan: Plan
}

export interface DeployOptions {
  /** Come after a rollout that is under way, instead of being refused. */
  readonly queue: boolean
  readonly signal: AbortSignal
}

/** The rollouts of one service, as people ask for them. */
export class Runner {
  readonly #context: RolloutContext
  readonly #loop: Loop
  readonly #turn: Turn
  #running: Promise<void> | undefined

  constructor(context: RolloutContext) {
    this.#context = context
    this.#turn = new Turn(context.service)
    this.#loop = new Loop(context, () => this.#turn.admit())
  }

  get state(): ServiceState {
    return this.#loop.state
  }

  /** The rollout under way, else the last one; undefined before the first. */
  get view(): RolloutView | undefined {
    return this.#loop.view
  }

  /** Ids of instances that run. */
  get alive(): ReadonlySet<string> {
    return this.#loop.crew.alive
  }

  /**
   * Brings the table to where it was, takes over what runs, and goes on until the signal is aborted. Instances are left as
   * they are then. Rejects only with what is a fault of hotlane's own.
   */
  run(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#loop.run(signal)
    return this.#running
  }

  /**
   * Makes a release and begins its rollout; resolves when that is written. It goes on whoever listens.
   * @throws HotlaneError HL6101 if one is under way and this is not to wait for it, or whatever `make` throws
   */
  async deploy(make: () => Promise<Deployment>, options: DeployOptions): Promise<RolloutView> {
    const { clock, service, emit } = this.#context
    const askedAtMs = clock.now()
    await this.#turn.take(() => this.#occupied(), options)
    try {
      const { release, plan } = await make()
      const { origin, number, artifact } = release
      const rollbackOf = origin.kind === 'rollback' ? { rollbackOf: origin.of } : {}
      emit({ type: 'release.made', service, release: number, artifact: artifact.hash, ...rollbackOf })
      await this.#loop.figures.begin()
      const why = this.#fixedPort(plan)
      const held = plan.strategy === 'hold' || why !== undefined
      // The first release has nothing to be compared with, and nobody to share traffic with.
      const steps = held || this.state.stable === undefined ? [] : plan.steps
      this.#loop.commit(
        { kind: 'began', to: number, plan: { ...plan, steps }, held, askedAtMs, ...rollbackOf },
        this.#context.ledger.nextRollout(),
      )
      if (why !== undefined) emit({ type: 'rollout.held', service, release: number, why })
      return this.#present()
    } finally {
      this.#turn.give()
      this.#loop.wake()
    }
  }

  /** @throws HotlaneError HL6103 if it makes no sense now, HL6112 */
  order(order: Order): RolloutView {
    const why = whyNot(this.state.rollout, order)
    if (why !== undefined) throw new HotlaneError('HL6103', { params: { order, why } })
    if (order === 'abort') this.#loop.commit({ kind: 'aborting', reason: 'a person aborted it', findings: [] })
    else this.#loop.commit({ kind: 'ordered', order })
    this.#loop.wake()
    return this.#present()
  }

  /**
   * To the release before, or the one named. While a rollout is under way: its abort, unless that leads to another release. To the warm release: one change of the
   * table, done when this resolves. Else a deploy of the old content as a new release.
   * @throws HotlaneError HL6101, HL6102, HL6103, HL6113
   */
  async rollback(release: number | undefined, signal: AbortSignal): Promise<RolloutView> {
    const { stable, warm, rollout, failed } = this.state
    if (rollout !== undefined) {
      const what = this.#occupied() ?? ''
      if (release !== undefined && release !== rollout.from)
        throw new HotlaneError('HL6101', { params: { service: this.#context.service, what } })
      return this.order('abort')
    }
    const { service, releases, clock } = this.#context
    const wanted = release ?? warm?.release ?? priorRelease(await releases.list(service), stable?.release, failed)
    if (wanted === undefined || stable === undefined)
      throw new HotlaneError('HL6103', { params: { order: 'roll back', why: 'there is no release before' } })
    if (wanted === stable.release)
      throw new HotlaneError('HL6103', { params: { order: 'roll back', why: `release ${wanted} serves already` } })
    if (this.#isWarm(wanted)) {
      const asked = clock.now()
      const { plan } = await this.#loop.release(wanted)
      // It may have cooled while its plan was read.
      if (this.#isWarm(wanted)) return this.#swap(plan, asked)
    }
    const make = async (): Promise<Deployment> => {
      const repeated = await releases.repeat(service, wanted)
      return { release: repeated, plan: { ...repeated.plan, strategy: 'replace', steps: [] } }
    }
    return this.deploy(make, { queue: false, signal })
  }

  /**
   * Ends every instance, after `run` has ended; a rollout under way is aborted. What cannot be written does not keep an
   * instance alive: the next process finds that it is gone. @throws HotlaneError HL6112 when all have ended
   */
  async end(): Promise<void> {
    const failures: unknown[] = []
    const attempt = (write: () => void): void => {
      try {
        write()
      } catch (error) {
        failures.push(error)
      }
    }
    const loop = this.#loop
    await this.#running?.catch(() => undefined)
    if (whyNot(this.state.rollout, 'abort') === undefined)
      attempt(() => loop.commit({ kind: 'aborting', reason: 'hotlane was ended', findings: [] }))
    await loop.crew.settle()
    attempt(() => loop.writeReports())
    for (const id of loop.crew.alive) {
      attempt(() => loop.commit({ kind: 'stopping', id }))
      loop.crew.stop(id)
    }
    await loop.crew.settle()
    attempt(() => loop.writeReports())
    if (this.state.rollout?.phase === 'aborting') attempt(() => loop.commit({ kind: 'finished' }))
    if (failures.length > 0) throw failures[0]
  }

  #isWarm(release: number): boolean {
    const { warm, instances, rollout } = this.state
    const isThere = instances.some(
      (each) => each.release === release && each.stage === 'resting' && this.#loop.crew.alive.has(each.id),
    )
    return rollout === undefined && warm?.release === release && isThere && this.#context.clock.now() < warm.until
  }

  async #swap(plan: Plan, askedAtMs: number): Promise<RolloutView> {
    this.#loop.commit({ kind: 'swapped', plan, askedAtMs }, this.#context.ledger.nextRollout())
    await this.#loop.install()
    this.#loop.wake()
    return this.#present()
  }

  #occupied(): string | undefined {
    const { rollout } = this.state
    return rollout === undefined ? undefined : `rollout ${rollout.id} to release ${rollout.to}`
  }

  /** An app that listens on a port of its own choice cannot run twice. */
  #fixedPort(plan: Plan): string | undefined {
    const { stable } = this.state
    if (plan.strategy === 'hold' || stable === undefined) return undefined
    const fixed = readyOf(this.state, stable.release).find(({ address }) => address.portFixed)
    return fixed === undefined ? undefined : `the app listens on port ${fixed.address.port} of its own choice`
  }

  #present(): RolloutView {
    const { view } = this
    if (view === undefined) throw new TypeError('no rollout was begun')
    return view
  }
}

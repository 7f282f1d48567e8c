import type { Plan } from '../../model/plan.ts'
import type { Exit } from '../../model/instance.ts'
import type { Release } from '../../model/release.ts'
import type { RolloutView } from '../../model/rollout.ts'
import type { Instance } from '../../supervise/instance.ts'
import { formatDuration } from '../../support/duration.ts'
import { type ErrorReport, HotlaneError, reportError } from '../../support/errors.ts'
import { apply } from './apply.ts'
import { whyNot } from './apply-order.ts'
import type { Command } from './command.ts'
import type { Pair, RolloutContext } from './context.ts'
import { Crew } from './crew.ts'
import { decide } from './decide.ts'
import { Effects } from './effects.ts'
import { Figures } from './figures.ts'
import { readyOf } from './groups.ts'
import type { Observation } from './observation.ts'
import { recover } from './recover.ts'
import type { Order, RecordBody } from './records.ts'
import { reportOf } from './report.ts'
import { Restarts } from './restarts.ts'
import { priorRelease } from './rollback.ts'
import type { ServiceState } from './state.ts'
import { partsOf } from './table.ts'
import { Telling } from './tell.ts'
import { Turn } from './turn.ts'
import { type Chore, nextMoment, upkeep } from './upkeep.ts'
import { type Waiting, viewOf } from './view.ts'

/** A full disk, or a gateway that does not answer, is tried again after this time. */
const retryMs = 500
/** Without anything to wait for, the loop looks again after this time all the same. */
const idleMs = 3_600_000

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

/**
 * The rollouts of one service: a straight loop of looking, deciding, writing, doing. Whatever it does can be done again, so
 * a process that is killed anywhere in it is followed by one that goes on from the journal.
 */
export class Runner {
  readonly #context: RolloutContext
  readonly #crew: Crew
  readonly #effects: Effects
  readonly #figures: Figures
  readonly #telling: Telling
  readonly #turn: Turn
  readonly #restarts = new Restarts()
  readonly #releases = new Map<number, Release>()
  readonly #reports: { readonly body: RecordBody; readonly settled: () => void }[] = []
  #down: ErrorReport | undefined
  #waiting: Waiting | undefined
  #installed = ''
  #fault = ''
  #isAwake = false
  #rouse: () => void = () => undefined
  #running: Promise<void> | undefined

  constructor(context: RolloutContext) {
    this.#context = context
    this.#figures = new Figures(context)
    this.#telling = new Telling(context.emit)
    this.#turn = new Turn(context.service)
    this.#crew = new Crew(context, {
      report: (body, settled) => {
        this.#reports.push({ body, settled })
        this.#wake()
      },
      ended: (instance, exit, livedMs) => this.#ended(instance, exit, livedMs),
    })
    this.#effects = new Effects(context, {
      pair: () => this.#pair(),
      window: (pair) => this.#figures.window(this.#underWay(), pair),
      wake: () => this.#wake(),
    })
  }

  get state(): ServiceState {
    return this.#context.ledger.state(this.#context.service)
  }

  /** The rollout under way, else the last one; undefined before the first. */
  get view(): RolloutView | undefined {
    const { outcome } = this.#effects
    return viewOf(this.state, {
      ...(this.#waiting === undefined ? {} : { waiting: this.#waiting }),
      ...(outcome === undefined ? {} : { outcome }),
    })
  }

  /** Ids of instances that run. */
  get alive(): ReadonlySet<string> {
    return this.#crew.alive
  }

  /**
   * Brings the table to where it was, takes over what runs, and goes on until the signal is aborted. Instances are left as
   * they are then. Rejects only with what is a fault of hotlane's own.
   */
  run(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#loop(signal)
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
      this.#releases.set(release.number, release)
      const { origin, number, artifact } = release
      const rollbackOf = origin.kind === 'rollback' ? { rollbackOf: origin.of } : {}
      emit({ type: 'release.made', service, release: number, artifact: artifact.hash, ...rollbackOf })
      await this.#figures.begin()
      const why = this.#fixedPort(plan)
      const held = plan.strategy === 'hold' || why !== undefined
      const steps = held ? [] : plan.steps
      this.#commit(
        { kind: 'began', to: number, plan: { ...plan, steps }, held, askedAtMs, ...rollbackOf },
        this.#context.ledger.nextRollout(),
      )
      if (why !== undefined) emit({ type: 'rollout.held', service, release: number, why })
      return this.#present()
    } finally {
      this.#turn.give()
      this.#wake()
    }
  }

  /** @throws HotlaneError HL6103 if it makes no sense now, HL6112 */
  order(order: Order): RolloutView {
    const why = whyNot(this.state.rollout, order)
    if (why !== undefined) throw new HotlaneError('HL6103', { params: { order, why } })
    if (order === 'abort') this.#commit({ kind: 'aborting', reason: 'a person aborted it', findings: [] })
    else this.#commit({ kind: 'ordered', order })
    this.#wake()
    return this.#present()
  }

  /**
   * To the release before, or the one named. While a rollout is under way: its abort. To the warm release: one change of the
   * table, done when this resolves. Else a deploy of the old content as a new release.
   * @throws HotlaneError HL6101, HL6102, HL6103
   */
  async rollback(release: number | undefined, signal: AbortSignal): Promise<RolloutView> {
    const { stable, warm, rollout, failed } = this.state
    if (rollout !== undefined) return this.order('abort')
    const { service, releases, clock } = this.#context
    const wanted = release ?? warm?.release ?? priorRelease(await releases.list(service), stable?.release, failed)
    if (wanted === undefined || stable === undefined)
      throw new HotlaneError('HL6103', { params: { order: 'roll back', why: 'there is no release before' } })
    if (wanted === stable.release)
      throw new HotlaneError('HL6103', { params: { order: 'roll back', why: `release ${wanted} serves already` } })
    if (this.#isWarm(wanted)) {
      const asked = clock.now()
      const { plan } = await this.#release(wanted)
      // It may have cooled while its plan was read.
      if (this.#isWarm(wanted)) return this.#swap(plan, asked)
    }
    const make = async (): Promise<Deployment> => {
      const repeated = await releases.repeat(service, wanted)
      return { release: repeated, plan: { ...repeated.plan, strategy: 'replace', steps: [] } }
    }
    return this.deploy(make, { queue: false, signal })
  }

  /** Ends every instance, after `run` has ended; a rollout under way is aborted. */
  async end(): Promise<void> {
    await this.#running?.catch(() => undefined)
    if (this.state.rollout !== undefined && whyNot(this.state.rollout, 'abort') === undefined)
      this.#commit({ kind: 'aborting', reason: 'hotlane was ended', findings: [] })
    await this.#crew.settle()
    this.#writeReports()
    for (const { id } of this.state.instances) {
      this.#commit({ kind: 'stopping', id })
      this.#crew.stop(id)
    }
    await this.#crew.settle()
    this.#writeReports()
    if (this.state.rollout !== undefined) this.#commit({ kind: 'finished' })
  }

  async #loop(signal: AbortSignal): Promise<void> {
    const leave = (): void => this.#wake()
    signal.addEventListener('abort', leave)
    await this.#resume(signal)
    while (!signal.aborted) {
      this.#isAwake = false
      try {
        while (!signal.aborted && (await this.#pass()));
        this.#fault = ''
        await this.#sleep(this.#nextAt())
      } catch (error) {
        this.#tellFault(error)
        await this.#sleep(this.#context.clock.now() + retryMs)
      }
    }
    signal.removeEventListener('abort', leave)
    this.#effects.end()
    await this.#crew.settle()
  }

  /** The table first: it must not depend on how long the rest takes. */
  async #resume(signal: AbortSignal): Promise<void> {
    const { state } = this
    for (let isDone = false; !isDone && !signal.aborted;) {
      try {
        const everyone = new Set(state.instances.map(({ id }) => id))
        await this.#install(state, everyone)
        await recover(this.#context, state, this.#crew)
        await this.#figures.settle()
        if (state.rollout !== undefined) await this.#figures.begin()
        isDone = true
      } catch (error) {
        this.#tellFault(error)
        await this.#sleep(this.#context.clock.now() + retryMs)
      }
    }
  }

  /** One look at everything; true if anything was written, so that another look is due. */
  async #pass(): Promise<boolean> {
    this.#isAwake = false
    this.#writeReports()
    const { state } = this
    await this.#install(state, this.#crew.alive)
    await this.#figures.follow(state.rollout)
    // Nothing is drained, stopped or decided by a table that is not the one installed.
    if (this.state !== state) return true
    const seen = this.#observe()
    const chores = upkeep(state, seen)
    for (const chore of chores) await this.#carryOut(chore)
    if (this.state !== state) return true
    const command = decide(state, seen)
    this.#effects.follow(command, state.rollout)
    this.#telling.looked(state, seen.outcome)
    this.#waiting = waitingOf(command)
    this.#telling.waits(state, this.#waiting)
    if (command.kind === 'record') return this.#decideOn(command.body, state)
    if (state.rollout === undefined) this.#turn.admit()
    return false
  }

  async #decideOn(body: RecordBody, state: ServiceState): Promise<boolean> {
    if (body.kind === 'promoted') await this.#figures.promote()
    if (body.kind === 'finished') return this.#finish(body, state)
    // A person may have had a word meanwhile.
    if (this.state === state) this.#commit(body)
    return true
  }

  /** The report is written before the last record: whoever comes after a crash in between writes it again. */
  async #finish(body: RecordBody & { readonly kind: 'finished' }, state: ServiceState): Promise<boolean> {
    const { rollout } = state
    const { service, clock, report, releases } = this.#context
    if (rollout === undefined) return true
    const figures = await this.#figures.whole(rollout.lane)
    const { last } = apply(state, { ...body, seq: 0, at: clock.now(), service, rollout: rollout.id })
    if (last === undefined || this.state !== state) return true
    const written = reportOf(service, last, figures)
    await report(written)
    if (this.state !== state) return true
    this.#commit(body)
    this.#telling.finished(written)
    await this.#figures.settle()
    const needed = [this.state.stable, this.state.warm].flatMap((group) => (group === undefined ? [] : [group.release]))
    await releases.collect(service, { least: rollout.plan.keepReleases, needed: new Set(needed) })
    return true
  }

  async #carryOut(chore: Chore): Promise<void> {
    const { ledger, newInstanceId } = this.#context
    switch (chore.kind) {
      case 'record':
        this.#commit(chore.body)
        return
      case 'start': {
        const release = await this.#release(chore.release)
        const id = newInstanceId()
        this.#commit({ kind: 'starting', id, release: chore.release })
        this.#crew.start(id, release)
        return
      }
      case 'cancel':
        this.#crew.cancel(chore.id)
        return
      case 'drain': {
        const instance = ledger.state(this.#context.service).instances.find(({ id }) => id === chore.id)
        const drainMs = instance === undefined ? 0 : (await this.#release(instance.release)).service.drainMs
        this.#crew.drain(chore.id, chore.target, drainMs)
        return
      }
      case 'stop':
        this.#commit({ kind: 'stopping', id: chore.id })
        this.#crew.stop(chore.id)
    }
  }

  /** Written before anything follows from it. */
  #commit(body: RecordBody, rollout?: number): void {
    const { ledger, service } = this.#context
    const before = this.state.stable?.release
    const after = ledger.commit(service, body, rollout)
    if (after.stable?.release !== before) {
      this.#restarts.forget()
      this.#down = undefined
    }
    this.#telling.recorded(body, after)
  }

  #writeReports(): void {
    for (let next = this.#reports[0]; next !== undefined; next = this.#reports[0]) {
      const { body, settled } = next
      if (body.kind === 'lost') this.#failedStart(body.id)
      this.#commit(body)
      this.#reports.shift()
      settled()
    }
  }

  /** A start in the place of an instance that had ended has failed, too: the next one waits longer. */
  #failedStart(id: string): void {
    const { stable, instances } = this.state
    const release = instances.find((instance) => instance.id === id)?.release
    if (release === undefined || release !== stable?.release) return
    this.#restarts.crashed(this.#context.clock.now(), 0, true)
  }

  #ended(instance: Instance, exit: Exit, livedMs: number): void {
    const { service, emit, clock } = this.#context
    const { stable, rollout, instances } = this.state
    const stage = instances.find(({ id }) => id === instance.id)?.stage
    this.#wake()
    if (stage !== 'ready' && stage !== 'resting') return
    const serves = instance.release === stable?.release && !(rollout?.phase === 'baking' && rollout.from !== undefined)
    const restarts = this.#releases.get(instance.release)?.service.restartOnCrash ?? true
    const delay = serves ? this.#restarts.crashed(clock.now(), livedMs, restarts) : undefined
    const output = instance.lastOutput()
    const { release, pid } = instance
    const soon = delay === undefined ? {} : { restartInMs: delay }
    emit({ type: 'instance.crashed', service, release, pid, exit, ...soon, output })
    if (!serves || (delay !== undefined && !this.#restarts.isLoop)) return
    const how = this.#crew.exits.get(instance.id) ?? ''
    const count = Math.max(1, this.#restarts.crashes)
    const params = { service, count, how, delay: delay === undefined ? 'no time' : formatDuration(delay) }
    this.#down = reportError(new HotlaneError('HL4004', { params, output }))
  }

  #observe(): Observation {
    const { outcome } = this.#effects
    const { alive, exits, busy } = this.#crew
    return {
      now: this.#context.clock.now(),
      alive,
      exits,
      busy,
      reviveAt: this.#restarts.at,
      ...(outcome === undefined ? {} : { outcome }),
    }
  }

  async #install(state: ServiceState, alive: ReadonlySet<string>): Promise<void> {
    const down = this.#down
    const detail = down?.output === undefined ? {} : { detail: down.output }
    const parts = partsOf(state, { alive, ...(down === undefined ? {} : { down: { why: down.message, ...detail } }) })
    const text = JSON.stringify(parts)
    if (text === this.#installed) return
    await this.#context.board.set(this.#context.service, parts)
    this.#installed = text
  }

  #isWarm(release: number): boolean {
    const { warm, instances, rollout } = this.state
    const isThere = instances.some(
      (each) => each.release === release && each.stage === 'resting' && this.#crew.alive.has(each.id),
    )
    return rollout === undefined && warm?.release === release && isThere && this.#context.clock.now() < warm.until
  }

  async #swap(plan: Plan, askedAtMs: number): Promise<RolloutView> {
    this.#commit({ kind: 'swapped', plan, askedAtMs }, this.#context.ledger.nextRollout())
    await this.#install(this.state, this.#crew.alive)
    this.#wake()
    return this.#present()
  }

  async #pair(): Promise<Pair | undefined> {
    const rollout = this.#underWay()
    const { from, to } = rollout
    const { instances } = this.state
    const runs = (release: number | undefined): Instance | undefined =>
      instances
        .filter((each) => each.release === release && (each.stage === 'ready' || each.stage === 'resting'))
        .map(({ id }) => this.#crew.instance(id))
        .find((instance) => instance !== undefined)
    const trial = runs(to)
    const instance = runs(from)
    if (trial === undefined) return undefined
    const pair = { release: await this.#release(to), trial }
    if (from === undefined || instance === undefined) return pair
    return { ...pair, stable: { release: await this.#release(from), instance } }
  }

  #underWay(): NonNullable<ServiceState['rollout']> {
    const { rollout } = this.state
    if (rollout === undefined) throw new TypeError('no rollout is under way')
    return rollout
  }

  async #release(number: number): Promise<Release> {
    const known = this.#releases.get(number) ?? (await this.#context.releases.load(this.#context.service, number))
    this.#releases.set(number, known)
    return known
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

  #nextAt(): number {
    const seen = this.#observe()
    return nextMoment(this.state, seen, this.#waiting?.until) ?? seen.now + idleMs
  }

  #tellFault(error: unknown): void {
    const report = reportError(error)
    if (report.message !== this.#fault) this.#context.emit({ type: 'session.fault', error: report })
    this.#fault = report.message
  }

  #wake(): void {
    this.#isAwake = true
    this.#rouse()
  }

  async #sleep(until: number): Promise<void> {
    if (this.#isAwake) return
    const controller = new AbortController()
    this.#rouse = () => controller.abort()
    await this.#context.clock.until(until, controller.signal)
    this.#rouse = () => undefined
  }
}

function waitingOf(command: Command): Waiting | undefined {
  if (command.kind === 'verify') return { what: 'the compatibility stage' }
  if (command.kind === 'judge') return { what: 'a look at the figures' }
  if (command.kind === 'command') return { what: 'a command of the plan' }
  if (command.kind !== 'wait') return undefined
  return command.until === undefined
    ? { what: command.what, person: true }
    : { what: command.what, until: command.until }
}

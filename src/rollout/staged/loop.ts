import type { Release } from '../../model/release.ts'
import type { RolloutView } from '../../model/rollout.ts'
import { reportError } from '../../support/errors.ts'
import { Alarm } from './alarm.ts'
import { apply } from './apply.ts'
import { carryOut } from './carry-out.ts'
import type { RolloutContext } from './context.ts'
import { Crew } from './crew.ts'
import { decide } from './decide.ts'
import { Effects } from './effects.ts'
import { Figures } from './figures.ts'
import { Health } from './health.ts'
import type { Observation } from './observation.ts'
import { pairOf } from './pair.ts'
import { recover } from './recover.ts'
import type { RecordBody } from './records.ts'
import { reportOf } from './report.ts'
import { Signpost } from './signpost.ts'
import type { ServiceState } from './state.ts'
import { partsOf } from './table.ts'
import { Telling } from './tell.ts'
import { nextMoment, upkeep } from './upkeep.ts'
import { viewOf } from './view.ts'
import { waitingOf } from './waiting-of.ts'

/** A full disk, or a gateway that does not answer, is tried again after this time. */
const retryMs = 500
/** Without anything to wait for, the loop looks again after this time all the same. */
const idleMs = 3_600_000

/**
 * One service in production: a straight loop of looking, deciding, writing, doing. Whatever it does can be done again, so a
 * process that is killed anywhere in it is followed by one that goes on from the journal.
 */
export class Loop {
  readonly crew: Crew
  readonly figures: Figures
  readonly #context: RolloutContext
  /** Called whenever no rollout is under way. */
  readonly #idle: () => void
  readonly #alarm: Alarm
  readonly #effects: Effects
  readonly #health: Health
  readonly #signpost: Signpost
  readonly #telling: Telling
  readonly #releases = new Map<number, Release>()
  readonly #reports: { readonly body: RecordBody; readonly settled: () => void }[] = []
  #fault = ''

  constructor(context: RolloutContext, idle: () => void) {
    this.#context = context
    this.#idle = idle
    this.#alarm = new Alarm(context.clock)
    this.#health = new Health(context)
    this.#signpost = new Signpost(context)
    this.#telling = new Telling(context.emit)
    this.figures = new Figures(context)
    this.crew = new Crew(context, {
      report: (body, settled) => {
        this.#reports.push({ body, settled })
        this.wake()
      },
      ended: (instance, exit, livedMs) => {
        const release = this.#releases.get(instance.release)
        this.#health.ended(this.state, { instance, exit, livedMs, release })
        this.wake()
      },
    })
    this.#effects = new Effects(context, {
      pair: () => pairOf(this.state, this.crew, (release) => this.release(release)),
      window: (rollout, pair) => this.figures.window(rollout, pair),
      wake: () => this.wake(),
    })
  }

  get state(): ServiceState {
    return this.#context.ledger.state(this.#context.service)
  }

  /** The rollout under way, else the last one; undefined before the first. */
  get view(): RolloutView | undefined {
    const { outcome } = this.#effects
    const waiting = waitingOf(decide(this.state, this.observe()))
    return viewOf(this.state, {
      ...(waiting === undefined ? {} : { waiting }),
      ...(outcome === undefined ? {} : { outcome }),
    })
  }

  /** Goes on until the signal is aborted; instances are left as they are then. */
  async run(signal: AbortSignal): Promise<void> {
    const leave = (): void => this.wake()
    signal.addEventListener('abort', leave)
    await this.#resume(signal)
    while (!signal.aborted) {
      try {
        while (!signal.aborted && (await this.#pass()));
        this.#fault = ''
        await this.#alarm.sleep(this.#nextAt())
      } catch (error) {
        this.#tellFault(error)
        await this.#alarm.sleep(this.#context.clock.now() + retryMs)
      }
    }
    signal.removeEventListener('abort', leave)
    this.#effects.end()
    await this.crew.leave()
  }

  /** Written before anything follows from it. @throws HotlaneError HL6112 */
  commit(body: RecordBody, rollout?: number): void {
    const { ledger, service } = this.#context
    const before = this.state.stable?.release
    const after = ledger.commit(service, body, rollout)
    if (after.stable?.release !== before) this.#health.renew()
    this.#telling.recorded(body, after)
  }

  /** Resolves when the table is as the state wants it; `alive` are the instances that are taken to run. */
  async install(alive: ReadonlySet<string> = this.crew.alive): Promise<void> {
    const { down } = this.#health
    await this.#signpost.show(partsOf(this.state, { alive, ...(down === undefined ? {} : { down }) }))
  }

  /** @throws HotlaneError HL6102, HL6105 */
  async release(number: number): Promise<Release> {
    const known = this.#releases.get(number) ?? (await this.#context.releases.load(this.#context.service, number))
    this.#releases.set(number, known)
    return known
  }

  /** What work on instances has come to. */
  writeReports(): void {
    for (let next = this.#reports[0]; next !== undefined; next = this.#reports[0]) {
      const { body, settled } = next
      const { state } = this
      this.commit(body)
      if (body.kind === 'lost') this.#health.failedStart(state, body.id)
      this.#reports.shift()
      settled()
    }
  }

  /** What is so now. */
  observe(): Observation {
    const { outcome } = this.#effects
    const { alive, exits, busy } = this.crew
    return {
      now: this.#context.clock.now(),
      alive,
      exits,
      busy,
      reviveAt: this.#health.reviveAt,
      ...(outcome === undefined ? {} : { outcome }),
    }
  }

  /** Something has changed. */
  wake(): void {
    this.#alarm.ring()
  }

  /** The table first: it must not depend on how long the rest takes. */
  async #resume(signal: AbortSignal): Promise<void> {
    const { state } = this
    for (let isDone = false; !isDone && !signal.aborted;) {
      try {
        const everyone = new Set(state.instances.map(({ id }) => id))
        await this.install(everyone)
        // Whether it is restarted where it crashes is asked at once.
        if (state.stable !== undefined) await this.release(state.stable.release)
        await recover(this.#context, state, this.crew)
        await this.figures.settle()
        if (state.rollout !== undefined) await this.figures.begin()
        isDone = true
      } catch (error) {
        this.#tellFault(error)
        await this.#alarm.sleep(this.#context.clock.now() + retryMs)
      }
    }
  }

  /** One look at everything; true if anything was written, so that another look is due. */
  async #pass(): Promise<boolean> {
    this.#alarm.reset()
    this.writeReports()
    const { state } = this
    try {
      await this.install()
    } catch (error) {
      if (!this.#isUnswitchable(error)) throw error
      this.#tellFault(error)
      this.commit({ kind: 'aborting', reason: reportError(error).message, findings: [] })
      return true
    }
    await this.figures.follow(state.rollout)
    // Nothing is drained, stopped or decided by a table that is not the one installed.
    if (this.state !== state) return true
    const seen = this.observe()
    const chores = upkeep(state, seen)
    for (const chore of chores) await carryOut(chore, this, this.#context.newInstanceId)
    if (this.state !== state) return true
    const command = decide(state, seen)
    this.#effects.follow(command, state.rollout)
    this.#telling.looked(state, seen.outcome)
    this.#telling.waits(state, waitingOf(command))
    if (command.kind === 'record') return this.#decideOn(command.body, state)
    if (state.rollout === undefined) this.#idle()
    return false
  }

  /** The release that is to have the traffic cannot be brought into the table: its address is taken, for one. */
  #isUnswitchable(error: unknown): boolean {
    const { rollout } = this.state
    if (rollout?.phase !== 'baking' || rollout.from === undefined) return false
    const isOverdue = this.#context.clock.now() >= rollout.since + rollout.plan.deadlineMs
    return isOverdue || reportError(error).blame === 'user'
  }

  async #decideOn(body: RecordBody, state: ServiceState): Promise<boolean> {
    if (body.kind === 'promoted') await this.figures.promote()
    if (body.kind === 'finished') return this.#finish(body, state)
    // A person may have had a word meanwhile.
    if (this.state === state) this.commit(body)
    return true
  }

  /** The report is written before the last record: whoever comes after a crash in between writes it again. */
  async #finish(body: RecordBody & { readonly kind: 'finished' }, state: ServiceState): Promise<boolean> {
    const { rollout } = state
    const { service, clock, report, releases } = this.#context
    if (rollout === undefined) return true
    const figures = await this.figures.whole(rollout.lane)
    const { last } = apply(state, { ...body, seq: 0, at: clock.now(), service, rollout: rollout.id })
    if (last === undefined || this.state !== state) return true
    const written = reportOf(service, last, figures)
    await report(written)
    if (this.state !== state) return true
    this.commit(body)
    this.#telling.finished(written)
    await this.figures.settle()
    const needed = [this.state.stable, this.state.warm].flatMap((group) => (group === undefined ? [] : [group.release]))
    const failed = new Set(Object.keys(this.state.failed).map(Number))
    await releases.collect(service, { least: rollout.plan.keepReleases, needed: new Set(needed), failed })
    return true
  }

  #nextAt(): number {
    const seen = this.observe()
    return nextMoment(this.state, seen, waitingOf(decide(this.state, seen))?.until) ?? seen.now + idleMs
  }

  #tellFault(error: unknown): void {
    const report = reportError(error)
    if (report.message !== this.#fault) this.#context.emit({ type: 'session.fault', error: report })
    this.#fault = report.message
  }
}

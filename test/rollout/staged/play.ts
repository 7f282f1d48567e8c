import assert from 'node:assert/strict'
import type { Plan } from '../../../src/model/plan.ts'
import { apply } from '../../../src/rollout/staged/apply.ts'
import { whyNot } from '../../../src/rollout/staged/apply-order.ts'
import { decide } from '../../../src/rollout/staged/decide.ts'
import { readyOf, trialWanted } from '../../../src/rollout/staged/groups.ts'
import { type Observation, type Outcome, keyOf } from '../../../src/rollout/staged/observation.ts'
import type { JournalRecord, Order, RecordBody } from '../../../src/rollout/staged/records.ts'
import { type ServiceState, emptyState } from '../../../src/rollout/staged/state.ts'
import { partsOf } from '../../../src/rollout/staged/table.ts'
import { type Chore, upkeep } from '../../../src/rollout/staged/upkeep.ts'

/** Something that may happen at any moment. `which` chooses among what there is. */
export type Happening =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'done' | 'start fails' | 'port taken' | 'crash'; readonly which: number }
  | { readonly kind: 'outcome'; readonly verdict: 'pass' | 'fail' | 'no data' | 'error' }
  | { readonly kind: 'order'; readonly order: Order }

/** A runner without effects: what is asked for is noted, and happens when it is told to. */
export class Play {
  state: ServiceState = emptyState('shop')
  now = 1_000_000
  outcome: Outcome | undefined
  reviveAt = 0
  readonly alive = new Set<string>()
  readonly exits = new Map<string, string>()
  /** Work on instances that is going on, by id. */
  readonly work = new Map<string, Exclude<Chore['kind'], 'record'>>()
  readonly trace: string[] = []
  #seq = 0
  #ids = 0

  commit(body: RecordBody, rollout = this.state.rollout?.id ?? 0): void {
    const before = this.state
    const record: JournalRecord = { seq: ++this.#seq, at: this.now, service: 'shop', rollout, ...body }
    this.state = apply(before, record)
    this.trace.push(`${body.kind} ${this.state.rollout?.phase ?? '-'}`)
    // Whatever is known survives a crash as it is.
    assert.deepEqual(JSON.parse(JSON.stringify(this.state)), this.state)
    this.checkRecord(before, body)
    this.checkTable()
  }

  seen(): Observation {
    return {
      now: this.now,
      alive: this.alive,
      exits: this.exits,
      busy: new Set(this.work.keys()),
      reviveAt: this.reviveAt,
      ...(this.outcome === undefined ? {} : { outcome: this.outcome }),
    }
  }

  /** As the runner's loop, until nothing more is decided. */
  settle(): void {
    for (let passes = 0; passes < 200; passes++) {
      const { state } = this
      for (const chore of upkeep(state, this.seen())) this.carryOut(chore)
      if (this.state !== state) continue
      const command = decide(state, this.seen())
      if (command.kind !== 'record') {
        this.checkDeadline(command)
        return
      }
      this.commit(command.body)
    }
    throw new Error('it decides without end')
  }

  carryOut(chore: Chore): void {
    switch (chore.kind) {
      case 'record':
        this.commit(chore.body)
        return
      case 'start': {
        const id = `i${++this.#ids}`
        this.commit({ kind: 'starting', id, release: chore.release })
        this.work.set(id, 'start')
        return
      }
      case 'cancel':
        this.work.set(chore.id, 'cancel')
        return
      case 'drain':
        this.checkUnrouted(chore.target)
        this.work.set(chore.id, 'drain')
        return
      case 'stop':
        this.commit({ kind: 'stopping', id: chore.id })
        this.work.set(chore.id, 'stop')
    }
  }

  happen(what: Happening): void {
    switch (what.kind) {
      case 'time':
        this.now += what.ms
        break
      case 'done':
        this.finishWork(what.which)
        break
      case 'start fails':
      case 'port taken':
        this.failStart(what.which, what.kind === 'port taken')
        break
      case 'crash': {
        const id = [...this.alive][what.which % Math.max(1, this.alive.size)]
        if (id !== undefined) {
          this.alive.delete(id)
          this.exits.set(id, 'exit code 1')
        }
        break
      }
      case 'outcome':
        this.giveOutcome(what.verdict)
        break
      case 'order':
        if (whyNot(this.state.rollout, what.order) === undefined) {
          if (what.order === 'abort') this.commit({ kind: 'aborting', reason: 'asked', findings: [] })
          else this.commit({ kind: 'ordered', order: what.order })
        }
    }
    this.settle()
  }

  finishWork(which: number): void {
    const [id, kind] = [...this.work][which % Math.max(1, this.work.size)] ?? []
    if (id === undefined) return
    this.work.delete(id)
    if (kind === 'cancel' && which % 2 === 0) this.commit({ kind: 'lost', id, why: 'cancelled' })
    // A start that is given up may have come to its end just then.
    else if (kind === 'start' || kind === 'cancel') {
      this.alive.add(id)
      this.commit({ kind: 'ready', id, address: { host: 'h', port: 1, pid: 2, portFixed: false } })
    } else if (kind === 'drain') this.commit({ kind: 'drained', id, inFlight: 0, ended: 0, streams: 0 })
    else {
      this.alive.delete(id)
      this.commit({ kind: 'stopped', id })
    }
  }

  failStart(which: number, isPort: boolean): void {
    const starts = [...this.work].filter(([, kind]) => kind === 'start')
    const [id] = starts[which % Math.max(1, starts.length)] ?? []
    if (id === undefined) return
    this.work.delete(id)
    if (this.state.instances.find((each) => each.id === id)?.release === this.state.stable?.release)
      this.reviveAt = this.now + 100
    this.commit({ kind: 'lost', id, why: 'it did not start', ...(isPort ? { port: 80 } : {}) })
  }

  giveOutcome(verdict: 'pass' | 'fail' | 'no data' | 'error'): void {
    const { rollout } = this.state
    const command = decide(this.state, this.seen())
    if (rollout === undefined) return
    const key = keyOf(rollout)
    const findings = [{ name: 'n', verdict, text: 't' }]
    if (command.kind === 'verify') this.outcome = { kind: 'verify', key, findings }
    if (command.kind === 'judge') this.outcome = { kind: 'judge', key, at: this.now, judgement: { verdict, findings } }
    if (command.kind === 'command')
      this.outcome = { kind: 'command', key, ...(verdict === 'pass' ? {} : { failure: 'f' }) }
  }

  /** A record that moves traffic follows from the plan, a verdict or a person, never from missing figures. */
  checkRecord(before: ServiceState, body: RecordBody): void {
    const { rollout } = before
    if (rollout === undefined) return
    if (body.kind === 'weighed') {
      const planned = rollout.plan.steps.flatMap((each) => ('basisPoints' in each ? [each.basisPoints] : []))
      assert(planned.includes(body.basisPoints), 'a weight that nobody planned')
    }
    const isJudging =
      rollout.phase === 'shifting' && rollout.plan.steps[rollout.step]?.kind === 'judge' && !rollout.full
    if (body.kind === 'step' && isJudging) {
      assert(this.outcome?.kind === 'judge' && this.outcome.judgement.verdict === 'pass', 'promoted without a verdict')
    }
    const moves = body.kind === 'promoted' || (body.kind === 'weighed' && body.basisPoints > 0)
    if (moves) {
      const ready = readyOf(before, rollout.to).filter(({ id }) => this.alive.has(id))
      assert(ready.length >= trialWanted(rollout), 'traffic for instances that are not there')
    }
    if (body.kind === 'promoted') {
      assert.equal(rollout.phase, 'shifting')
      assert(!rollout.paused, 'promoted while it was paused')
      if (!rollout.full && rollout.phase === 'shifting') assert.equal(rollout.step, rollout.plan.steps.length)
    }
  }

  checkTable(): void {
    const { lanes, split } = partsOf(this.state, { alive: this.alive })
    const { rollout, stable } = this.state
    for (const { state } of lanes) {
      if (state.kind !== 'serve') continue
      for (const { id } of state.targets) {
        const instance = this.state.instances.find((each) => 'target' in each && each.target === id)
        assert(instance?.stage === 'ready' && instance.release === state.release, 'traffic for what is not ready')
        assert(this.alive.has(instance.id), 'traffic for what does not run')
      }
    }
    // Whatever was given up has no traffic at all.
    if (rollout?.phase === 'aborting') assert.equal(lanes.length, 1)
    if (rollout?.phase === 'aborting') assert.equal(stable?.release, rollout.from)
    if (split !== undefined) assert.equal(split.shares[0]?.basisPoints, rollout?.basisPoints)
  }

  checkUnrouted(target: string): void {
    const { lanes } = partsOf(this.state, { alive: this.alive })
    const routed = lanes.flatMap(({ state }) => (state.kind === 'serve' ? state.targets.map(({ id }) => id) : []))
    assert(!routed.includes(target), 'drained while it was in the table')
  }

  /** Whatever waits for no person ends by itself. */
  checkDeadline(command: ReturnType<typeof decide>): void {
    const { rollout } = this.state
    if (rollout === undefined) return
    assert.equal(whyNot(rollout, 'abort') === undefined, rollout.phase !== 'aborting')
    if (command.kind !== 'wait' || command.until !== undefined) return
    const step = rollout.phase === 'shifting' ? rollout.plan.steps[rollout.step]?.kind : undefined
    assert(rollout.paused || rollout.phase === 'preview' || step === 'approve', 'it waits for ever')
  }

  begin(to: number, plan: Plan): void {
    const held = plan.strategy === 'hold'
    this.commit({ kind: 'began', to, plan: held ? { ...plan, steps: [] } : plan, held, askedAtMs: this.now }, to)
    this.settle()
  }

  /** Nothing adverse happens any more, and a person approves what waits for one. */
  calm(): void {
    for (let rounds = 0; rounds < 400; rounds++) {
      if (this.isAtRest()) return
      if (this.work.size > 0) this.happen({ kind: 'done', which: 0 })
      else if (whyNot(this.state.rollout, 'promote') === undefined) this.happen({ kind: 'order', order: 'promote' })
      else {
        this.giveOutcome('pass')
        this.settle()
        if (this.work.size === 0) this.happen({ kind: 'time', ms: 500 })
      }
    }
    throw new Error(
      `it does not come to rest: ${JSON.stringify(decide(this.state, this.seen()))} ${this.trace.slice(-20).join(', ')}`,
    )
  }

  isAtRest(): boolean {
    const { rollout, warm, stable, instances } = this.state
    const isRight = instances.every(({ stage, release }) => stage === 'ready' && release === stable?.release)
    return rollout === undefined && warm === undefined && isRight && instances.length === (stable?.instances ?? 0)
  }
}

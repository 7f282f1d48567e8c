import { wholeTraffic } from '../../model/strategies.ts'
import { applyToInstances, rest, retireOthers, retireRelease, wake } from './apply-instance.ts'
import { applyOrder } from './apply-order.ts'
import { laneOf } from './lane-name.ts'
import type { JournalRecord } from './records.ts'
import type { EndedRollout, RolloutState, ServiceState } from './state.ts'

/** The state after a record. Pure: folding the journal gives what the process that wrote it knew. */
export function apply(state: ServiceState, record: JournalRecord): ServiceState {
  switch (record.kind) {
    case 'snapshot':
      return record.state
    case 'began':
      return began(state, record)
    case 'swapped':
      return swapped(state, record)
    case 'cooled': {
      const { warm, ...cold } = state
      return warm === undefined ? state : { ...cold, instances: retireRelease(state.instances, warm.release) }
    }
    case 'starting':
    case 'ready':
    case 'leaving':
    case 'stopping':
    case 'stopped':
      return applyToInstances(state, record)
    case 'drained':
    case 'lost':
      return applyToInstances(noteInstance(state, record), record)
    case 'held':
    case 'started':
    case 'verified':
    case 'step':
    case 'weighed':
    case 'ordered':
    case 'promoted':
    case 'aborting':
    case 'finished':
      return state.rollout === undefined ? state : applyToRollout(state, state.rollout, record)
  }
}

type CourseRecord = Extract<
  JournalRecord,
  { kind: 'held' | 'started' | 'verified' | 'step' | 'weighed' | 'ordered' | 'promoted' | 'aborting' | 'finished' }
>

function began(state: ServiceState, record: JournalRecord & { readonly kind: 'began' }): ServiceState {
  const { to, plan, held, askedAtMs, rollbackOf, at } = record
  const { last: _last, ...rest } = state
  const from = state.stable?.release
  const rollout: RolloutState = {
    id: record.rollout,
    ...(from === undefined ? {} : { from }),
    to,
    plan,
    lane: laneOf(plan.strategy),
    held,
    askedAt: askedAtMs,
    ...(rollbackOf === undefined ? {} : { rollbackOf }),
    since: at,
    basisPoints: 0,
    paused: false,
    full: false,
    findings: [],
    marks: [
      { name: 'build', at: askedAtMs },
      { name: 'start', at },
    ],
    drains: [],
    phase: 'starting',
  }
  const next = { ...rest, rollout, rollouts: Math.max(state.rollouts, record.rollout) }
  return held ? alone(next, to) : next
}

/** Everything but one release leaves: what cannot run twice cannot run beside what rests, either. */
function alone(state: ServiceState, release: number): ServiceState {
  const { warm: _warm, ...cold } = state
  return { ...cold, instances: retireOthers(state.instances, release) }
}

function applyToRollout(state: ServiceState, rollout: RolloutState, record: CourseRecord): ServiceState {
  const { at } = record
  const put = (next: RolloutState): ServiceState => ({ ...state, rollout: next })
  switch (record.kind) {
    case 'held': {
      const { failure: _failure, ...again } = rollout
      return alone(
        { ...state, rollout: { ...again, plan: { ...rollout.plan, steps: [] }, held: true, since: at } },
        rollout.to,
      )
    }
    case 'started':
      return put(mark({ ...rollout, phase: 'verifying', since: at }, 'verify', at))
    case 'verified': {
      const next = { ...rollout, findings: record.findings, since: at }
      if (record.compatible) return put(mark({ ...next, phase: 'shifting', step: 0 }, stepName(rollout, 0), at))
      return put(mark({ ...next, phase: 'preview', reason: record.why ?? 'it is not compatible' }, 'preview', at))
    }
    case 'step':
      return put(
        mark(
          {
            ...rollout,
            phase: 'shifting',
            step: record.index,
            since: at,
            findings: record.findings ?? rollout.findings,
          },
          stepName(rollout, record.index),
          at,
        ),
      )
    case 'weighed':
      return put({ ...rollout, basisPoints: record.basisPoints, since: at })
    case 'ordered':
      return put(applyOrder(rollout, record.order, at))
    case 'promoted':
      return promoted(state, rollout, at)
    case 'aborting':
      return aborting(state, rollout, record)
    case 'finished':
      return finished(state, { ...rollout, findings: record.findings ?? rollout.findings }, at)
  }
}

function promoted(state: ServiceState, rollout: RolloutState, at: number): ServiceState {
  const { warm: before, ...cold } = state
  const { to, from, plan } = rollout
  const instances = before === undefined ? state.instances : retireRelease(state.instances, before.release)
  const failed =
    rollout.rollbackOf === undefined || from === undefined
      ? state.failed
      : { ...state.failed, [from]: `rolled back to release ${rollout.rollbackOf}` }
  const next: RolloutState = mark(
    { ...rollout, phase: 'baking', promotedAt: at, basisPoints: wholeTraffic, since: at },
    'bake',
    at,
  )
  const stable = { release: to, instances: plan.instances }
  if (from === undefined || state.stable === undefined) return { ...cold, failed, instances, stable, rollout: next }
  const warm = { ...state.stable, until: at + plan.rollbackWindowMs }
  return { ...cold, failed, instances: rest(instances, from), stable, warm, rollout: next }
}

function aborting(
  state: ServiceState,
  rollout: RolloutState,
  { at, reason, findings }: JournalRecord & { readonly kind: 'aborting' },
): ServiceState {
  const failed = { ...state.failed, [rollout.to]: reason }
  const next: RolloutState = mark(
    {
      ...rollout,
      phase: 'aborting',
      reason,
      basisPoints: 0,
      since: at,
      ...(findings.length === 0 ? {} : { findings }),
    },
    'abort',
    at,
  )
  const left = { ...state, failed, rollout: next, instances: retireRelease(state.instances, rollout.to) }
  return rollout.phase === 'baking' ? backToWarm(left, rollout.from) : left
}

/** The old release has the traffic again; where none of its instances is left, they are started anew. */
function backToWarm(state: ServiceState, from: number | undefined): ServiceState {
  const { warm: _warm, stable, ...none } = state
  if (from === undefined || stable === undefined) return none
  const instances = state.warm?.release === from ? state.warm.instances : stable.instances
  return { ...none, stable: { release: from, instances }, instances: wake(state.instances, from) }
}

function swapped(state: ServiceState, record: JournalRecord & { readonly kind: 'swapped' }): ServiceState {
  const { stable, warm } = state
  if (stable === undefined || warm === undefined) return state
  const { at, plan, askedAtMs, rollout: id } = record
  const failed = { ...state.failed, [stable.release]: `rolled back to release ${warm.release}` }
  const last: EndedRollout = {
    id,
    from: stable.release,
    to: warm.release,
    plan,
    lane: laneOf(plan.strategy),
    held: false,
    askedAt: askedAtMs,
    since: at,
    basisPoints: wholeTraffic,
    paused: false,
    full: false,
    findings: [],
    marks: [{ name: 'swap', at: askedAtMs }],
    drains: [],
    phase: 'complete',
    promotedAt: at,
    finishedAt: at,
  }
  const instances = retireRelease(state.instances, stable.release)
  return { ...backToWarm({ ...state, instances, failed }, warm.release), last, rollouts: Math.max(state.rollouts, id) }
}

function finished(state: ServiceState, rollout: RolloutState, at: number): ServiceState {
  const { rollout: _rollout, ...over } = state
  const last: EndedRollout =
    rollout.phase === 'aborting'
      ? { ...rollout, phase: 'aborted', finishedAt: at }
      : { ...rollout, phase: 'complete', finishedAt: at }
  if (last.phase === 'aborted') return { ...over, last }
  return { ...over, last }
}

/** What an instance's end, or its emptiness, says of the rollout. */
function noteInstance(
  state: ServiceState,
  record: JournalRecord & { readonly kind: 'drained' | 'lost' },
): ServiceState {
  const { rollout } = state
  const instance = state.instances.find(({ id }) => id === record.id)
  if (rollout === undefined || instance === undefined) return state
  if (record.kind === 'drained') {
    if (instance.release !== rollout.from || !('address' in instance)) return state
    const { inFlight, ended, streams } = record
    const drain = { pid: instance.address.pid, inFlight, ended, streams }
    return { ...state, rollout: { ...rollout, drains: [...rollout.drains, drain] } }
  }
  if (instance.release !== rollout.to || rollout.phase === 'aborting') return state
  const failure = { why: record.why, ...(record.port === undefined ? {} : { port: record.port }) }
  return { ...state, rollout: { ...rollout, failure } }
}

function mark(rollout: RolloutState, name: string, at: number): RolloutState {
  return { ...rollout, marks: [...rollout.marks, { name, at }] }
}

function stepName({ plan }: RolloutState, index: number): string {
  const step = plan.steps[index]
  if (step === undefined) return 'promote'
  return step.kind === 'weight' || step.kind === 'scale' ? `weight ${step.basisPoints / 100} %` : step.kind
}

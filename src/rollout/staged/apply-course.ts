import { wholeTraffic } from '../../model/strategies.ts'
import { alone } from './apply-begin.ts'
import { rest, retireRelease } from './apply-instance.ts'
import { applyOrder } from './apply-order.ts'
import { backToWarm } from './back-to-warm.ts'
import type { JournalRecord } from './records.ts'
import type { EndedRollout, RolloutState, ServiceState } from './state.ts'

type CourseRecord = Extract<
  JournalRecord,
  { kind: 'held' | 'started' | 'verified' | 'step' | 'weighed' | 'ordered' | 'promoted' | 'aborting' | 'finished' }
>

/** The state after a record of the rollout that is under way. */
export function applyToCourse(state: ServiceState, rollout: RolloutState, record: CourseRecord): ServiceState {
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

function finished(state: ServiceState, rollout: RolloutState, at: number): ServiceState {
  const { rollout: _rollout, ...over } = state
  const last: EndedRollout =
    rollout.phase === 'aborting'
      ? { ...rollout, phase: 'aborted', finishedAt: at }
      : { ...rollout, phase: 'complete', finishedAt: at }
  return { ...over, last }
}

function mark(rollout: RolloutState, name: string, at: number): RolloutState {
  return { ...rollout, marks: [...rollout.marks, { name, at }] }
}

function stepName({ plan }: RolloutState, index: number): string {
  const step = plan.steps[index]
  if (step === undefined) return 'promote'
  return step.kind === 'weight' || step.kind === 'scale' ? `weight ${step.basisPoints / 100} %` : step.kind
}

import { wholeTraffic } from '../../model/strategies.ts'
import { retireRelease } from './apply-instance.ts'
import { backToWarm } from './back-to-warm.ts'
import { laneOf } from './lane-name.ts'
import type { JournalRecord } from './records.ts'
import type { EndedRollout, ServiceState } from './state.ts'

/** A rollback within the window: the instances that rest have the traffic, and a rollout is over that took no time. */
export function applySwap(state: ServiceState, record: JournalRecord & { readonly kind: 'swapped' }): ServiceState {
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

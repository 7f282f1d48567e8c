import { retireOthers } from './apply-instance.ts'
import { laneOf } from './lane-name.ts'
import type { JournalRecord } from './records.ts'
import type { RolloutState, ServiceState } from './state.ts'

/** A rollout begins, in the place of the last one. */
export function beginRollout(state: ServiceState, record: JournalRecord & { readonly kind: 'began' }): ServiceState {
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
export function alone(state: ServiceState, release: number): ServiceState {
  const { warm: _warm, ...cold } = state
  return { ...cold, instances: retireOthers(state.instances, release) }
}

import { type LaneEntry, type LaneState, type Target, stableLane } from '../../model/table.ts'
import type { EntryParts } from './board.ts'
import { isOnTrial, readyOf } from './groups.ts'
import type { Observation } from './observation.ts'
import type { ServiceState } from './state.ts'

/** The lanes of a service as they follow from its state. Only instances that are ready and run are in them. */
export function partsOf(state: ServiceState, seen: Pick<Observation, 'alive' | 'down'>): EntryParts {
  const { stable, rollout } = state
  const first: LaneEntry = { name: stableLane, state: stableState(state, seen) }
  if (rollout === undefined || stable === undefined || !isOnTrial(rollout)) return { lanes: [first], rules: [] }
  const trial = serving(state, rollout.to, seen)
  if (trial === undefined) return { lanes: [first], rules: [] }
  const { lane, plan, basisPoints, to } = rollout
  const parts: EntryParts = {
    lanes: [first, { name: lane, state: trial }],
    rules: plan.rules.map((rule) => ({ ...rule, lane })),
  }
  if (basisPoints === 0) return parts
  const salt = `${state.service} ${to}`
  return { ...parts, split: { shares: [{ lane, basisPoints }], sticky: plan.sticky, salt } }
}

function stableState(state: ServiceState, seen: Pick<Observation, 'alive' | 'down'>): LaneState {
  const { stable, rollout, last } = state
  if (stable !== undefined) {
    const lane = serving(state, stable.release, seen)
    if (lane !== undefined) return lane
    if (rollout?.held === true) return { kind: 'hold', why: 'the service is being replaced' }
    if (seen.down !== undefined) return { kind: 'refuse', ...seen.down }
    return { kind: 'hold', why: `release ${stable.release} is started again` }
  }
  if (rollout === undefined && last?.phase === 'aborted') return { kind: 'refuse', why: last.reason }
  return { kind: 'hold', why: 'the first release is on its way' }
}

function serving(state: ServiceState, release: number, { alive }: Pick<Observation, 'alive'>): LaneState | undefined {
  const targets = readyOf(state, release).flatMap(({ id, target, address }): readonly Target[] =>
    alive.has(id) ? [{ id: target, host: address.host, port: address.port }] : [],
  )
  const [first, ...more] = targets
  return first === undefined ? undefined : { kind: 'serve', release, targets: [first, ...more] }
}

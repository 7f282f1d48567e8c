import { instancesOf, readyOf, stableWanted, trialOf, trialWanted } from './groups.ts'
import type { Observation } from './observation.ts'
import type { RecordBody } from './records.ts'
import type { InstanceState, ServiceState } from './state.ts'

/** Work on one instance, besides what the rollout decides. */
export type Chore =
  | { readonly kind: 'record'; readonly body: RecordBody }
  /** One more instance of a release. */
  | { readonly kind: 'start'; readonly release: number }
  /** A start that nobody waits for any more. */
  | { readonly kind: 'cancel'; readonly id: string }
  | { readonly kind: 'drain'; readonly id: string; readonly target: string }
  /** All that was on it has ended. */
  | { readonly kind: 'stop'; readonly id: string }

/**
 * What the instances of a service need so that those that are wanted run, and no others. Pure, and made from what is so and
 * not from what has happened: after a crash the same work is found again.
 */
export function upkeep(state: ServiceState, seen: Observation): readonly Chore[] {
  return [
    ...state.instances.flatMap((instance) => choresOf(state, instance, seen)),
    ...surplus(state),
    ...starts(state, seen),
    ...cooling(state, seen),
  ]
}

function choresOf(state: ServiceState, instance: InstanceState, seen: Observation): readonly Chore[] {
  const { id } = instance
  const isBusy = seen.busy.has(id)
  if (instance.stage === 'starting') {
    if (isBusy) return isWanted(state, instance.release) ? [] : [{ kind: 'cancel', id }]
    // An earlier control process started it, and nobody knows any more how far it came.
    return [seen.alive.has(id) ? { kind: 'stop', id } : { kind: 'record', body: { kind: 'stopped', id } }]
  }
  if (isBusy) return []
  if (!seen.alive.has(id))
    return instance.stage === 'stopping'
      ? [{ kind: 'record', body: { kind: 'stopped', id } }]
      : [lost(id, seen.exits.get(id) ?? 'it does not run any more')]
  switch (instance.stage) {
    case 'ready':
      return isWanted(state, instance.release) ? [] : [leaving(id)]
    case 'resting':
      if (state.warm?.release !== instance.release) return [leaving(id)]
      return instance.drained ? [] : [{ kind: 'drain', id, target: instance.target }]
    case 'leaving':
      return [instance.drained ? { kind: 'stop', id } : { kind: 'drain', id, target: instance.target }]
    case 'stopping':
      return [{ kind: 'stop', id }]
  }
}

function lost(id: string, why: string): Chore {
  return { kind: 'record', body: { kind: 'lost', id, why } }
}

function leaving(id: string): Chore {
  return { kind: 'record', body: { kind: 'leaving', id } }
}

function isWanted(state: ServiceState, release: number): boolean {
  if (trialOf(state)?.to === release) return true
  return state.stable?.release === release && trialOf(state)?.held !== true
}

/** More instances of the old release than a plan that scales leaves it. */
function surplus(state: ServiceState): readonly Chore[] {
  const { stable } = state
  if (stable === undefined || !isWanted(state, stable.release)) return []
  const over = readyOf(state, stable.release).slice(stableWanted(state))
  return over.map(({ id }) => leaving(id))
}

function starts(state: ServiceState, seen: Observation): readonly Chore[] {
  return [...trialStarts(state), ...stableStarts(state, seen)]
}

function trialStarts(state: ServiceState): readonly Chore[] {
  const trial = trialOf(state)
  if (trial === undefined || trial.failure !== undefined || trial.phase === 'preview') return []
  if (trial.held && state.instances.some(({ release }) => release !== trial.to)) return []
  // A plan that scales is for machines that have no room for one more than the plan says.
  const isScaled = trial.plan.steps.some(({ kind }) => kind === 'scale')
  const isFull =
    surplus(state).length > 0 || state.instances.some(({ stage }) => stage === 'leaving' || stage === 'stopping')
  return isScaled && isFull ? [] : missing(state, trial.to, trialWanted(trial))
}

function stableStarts(state: ServiceState, seen: Observation): readonly Chore[] {
  const { stable, rollout } = state
  if (stable === undefined || seen.now < seen.reviveAt) return []
  // The old release waits for the new one, or is had back when the new one is gone.
  if (rollout?.held === true && rollout.phase !== 'baking' && instancesOf(state, rollout.to).length > 0) return []
  if (trialOf(state)?.held === true) return []
  // An instance of the new release that is lost in the bake takes the release back.
  if (rollout?.phase === 'baking' && rollout.from !== undefined) return []
  return missing(state, stable.release, stableWanted(state))
}

function missing(state: ServiceState, release: number, wanted: number): readonly Chore[] {
  const there = instancesOf(state, release).filter(({ stage }) => stage === 'starting' || stage === 'ready').length
  return Array.from({ length: Math.max(0, wanted - there) }, () => ({ kind: 'start', release }))
}

function cooling(state: ServiceState, seen: Observation): readonly Chore[] {
  const { warm, rollout } = state
  if (warm === undefined || (rollout?.phase === 'baking' && rollout.from === warm.release)) return []
  const isGone = instancesOf(state, warm.release).length === 0
  return isGone || seen.now >= warm.until ? [{ kind: 'record', body: { kind: 'cooled' } }] : []
}

/** When `upkeep` or `decide` may want something without any event, milliseconds since 1970. */
export function nextMoment(state: ServiceState, seen: Observation, until: number | undefined): number | undefined {
  const moments = [until, state.warm?.until, seen.reviveAt].filter(
    (at) => at !== undefined && at > seen.now && Number.isFinite(at),
  )
  return moments.length === 0 ? undefined : Math.min(...(moments as readonly number[]))
}

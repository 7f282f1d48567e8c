import type { InstanceState, RolloutState, ServiceState } from './state.ts'

/** Whether the rollout stands beside the old release in the table: reachable by rule, with its weight. */
export function isOnTrial({ phase }: RolloutState): boolean {
  return phase === 'preview' || phase === 'shifting'
}

/** Whether the old release still has what the new one has not. */
export function isBeforeSwitch({ phase }: RolloutState): boolean {
  return phase !== 'baking' && phase !== 'aborting'
}

/** The release on trial, as long as it may still win. */
export function trialOf({ rollout }: ServiceState): RolloutState | undefined {
  return rollout !== undefined && isBeforeSwitch(rollout) ? rollout : undefined
}

export function instancesOf({ instances }: ServiceState, release: number): readonly InstanceState[] {
  return instances.filter((instance) => instance.release === release)
}

export type ReadyInstance = InstanceState & { readonly stage: 'ready' }

/** Those of a release that may get traffic. */
export function readyOf(state: ServiceState, release: number): readonly ReadyInstance[] {
  return instancesOf(state, release).filter((instance) => instance.stage === 'ready')
}

/** How many instances of the new release are wanted now: all of them, but for a plan that scales, which says so by step. */
export function trialWanted(rollout: RolloutState): number {
  const { steps, instances } = rollout.plan
  if (rollout.full || !steps.some(({ kind }) => kind === 'scale')) return instances
  if (rollout.phase !== 'shifting') return rollout.phase === 'baking' ? instances : 1
  if (rollout.step >= steps.length) return instances
  return scaleAt(rollout, rollout.step) ?? 1
}

/** How many of the old one: as many fewer as the new one has taken over, but never none before the switch. */
export function stableWanted(state: ServiceState): number {
  const { stable, rollout } = state
  if (stable === undefined) return 0
  if (rollout === undefined || rollout.phase !== 'shifting') return stable.instances
  const taken = scaleAt(rollout, rollout.step - 1)
  return taken === undefined ? stable.instances : Math.max(1, stable.instances - taken)
}

/** Instances of the last scale step up to an index. */
function scaleAt(rollout: RolloutState, index: number): number | undefined {
  const scales = rollout.plan.steps.slice(0, index + 1).filter((step) => step.kind === 'scale')
  return scales.at(-1)?.instances
}

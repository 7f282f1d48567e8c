import type { Order } from './records.ts'
import type { RolloutState } from './state.ts'

/** What a person's word changes; `whyNot` says whether it may be given. */
export function applyOrder(rollout: RolloutState, order: Exclude<Order, 'abort'>, at: number): RolloutState {
  switch (order) {
    case 'pause':
      return { ...rollout, paused: true }
    case 'resume':
      // What is timed begins again: nobody looked at it meanwhile.
      return { ...rollout, paused: false, since: at }
    case 'promote full':
      return { ...passed(rollout, at), full: true }
    case 'promote':
      return passed(rollout, at)
  }
}

/** Beyond what waits for a person or for figures. */
function passed(rollout: RolloutState, at: number): RolloutState {
  const on = { ...rollout, paused: false, since: at }
  if (on.phase === 'preview') {
    const { reason: _reason, ...accepted } = on
    return { ...accepted, phase: 'shifting', step: 0 }
  }
  if (on.phase === 'shifting') return canSkip(on) ? { ...on, step: on.step + 1 } : on
  return on
}

function canSkip({ plan, ...rollout }: RolloutState & { readonly phase: 'shifting' }): boolean {
  const kind = plan.steps[rollout.step]?.kind
  return kind === 'approve' || kind === 'pause' || kind === 'judge'
}

/** Why an order makes no sense now; undefined if it does. */
export function whyNot(rollout: RolloutState | undefined, order: Order): string | undefined {
  if (rollout === undefined) return 'no rollout is under way'
  if (rollout.phase === 'aborting') return 'the rollout is being aborted'
  switch (order) {
    case 'abort':
      return undefined
    case 'pause':
      if (rollout.phase === 'baking') return 'the whole traffic has moved already'
      return rollout.paused ? 'it is paused already' : undefined
    case 'resume':
      return rollout.paused ? undefined : 'it is not paused'
    case 'promote full':
      if (rollout.phase === 'baking') return 'the whole traffic has moved already'
      return rollout.full && !rollout.paused ? 'the whole traffic was asked for already' : undefined
    case 'promote':
      if (rollout.paused || rollout.phase === 'preview') return undefined
      if (rollout.phase === 'shifting' && canSkip(rollout)) return undefined
      return 'it waits for no approval, pause or judgement'
  }
}

import { type Command, abort, reasonOf, record } from './command.ts'
import { instancesOf } from './groups.ts'
import { type Observation, keyOf } from './observation.ts'
import type { RolloutState, ServiceState } from './state.ts'

/**
 * What a rollout does next while the new release has the whole traffic and the old one is warm. Too little traffic for a
 * verdict does not take it back: it was promoted by other means already.
 */
export function decideBake(state: ServiceState, rollout: RolloutState, seen: Observation): Command {
  const { from, since, plan } = rollout
  // There is nothing to take it back to.
  if (from === undefined) return record({ kind: 'finished' })
  const look = seen.outcome?.kind === 'judge' && seen.outcome.key === keyOf(rollout) ? seen.outcome : undefined
  const findings = look?.judgement.findings ?? []
  if (look?.judgement.verdict === 'fail') return abort(reasonOf(findings), findings)
  const over = since + plan.bakeMs
  if (seen.now < over) {
    const due = (look?.at ?? since) + plan.judge.everyMs
    if (seen.now >= due) return { kind: 'judge' }
    return { kind: 'wait', what: 'the bake', until: Math.min(due, over) }
  }
  // The last look is taken when all figures are there.
  if (plan.bakeMs > 0 && (look === undefined || look.at < over) && seen.now < over + plan.deadlineMs)
    return { kind: 'judge' }
  const isDraining = instancesOf(state, from).some((instance) => !('drained' in instance) || !instance.drained)
  if (isDraining && seen.now < over + plan.deadlineMs)
    return { kind: 'wait', what: 'requests on the old release to end', until: over + plan.deadlineMs }
  return record({ kind: 'finished', ...(look === undefined ? {} : { findings }) })
}

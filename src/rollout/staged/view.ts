import type { RolloutPhase, RolloutView } from '../../model/rollout.ts'
import { instancesOf } from './groups.ts'
import { type Outcome, keyOf } from './observation.ts'
import type { EndedRollout, RolloutState, ServiceState } from './state.ts'

export interface Waiting {
  readonly what: string
  /** Milliseconds since 1970. */
  readonly until?: number
  /** Nothing goes on until a person says so. */
  readonly person?: boolean
}

/** What a rollout under way is about, besides its state. */
export interface ViewDetails {
  readonly waiting?: Waiting
  readonly outcome?: Outcome
}

/** The rollout under way, else the last one, as people are told it; undefined before the first. */
export function viewOf(state: ServiceState, details: ViewDetails = {}): RolloutView | undefined {
  const { rollout, last } = state
  if (rollout === undefined) return last === undefined ? undefined : endedView(state.service, last)
  return { ...commonView(state.service, rollout), ...courseView(state, rollout, details) }
}

export function endedView(service: string, ended: EndedRollout): RolloutView {
  const view = { ...commonView(service, ended), phase: ended.phase }
  return ended.phase === 'aborted' ? { ...view, reason: ended.reason } : view
}

function commonView(service: string, course: RolloutState | EndedRollout): Omit<RolloutView, 'phase'> {
  const { id, from, to, plan, basisPoints, paused, findings } = course
  return {
    id,
    service,
    strategy: plan.strategy,
    ...(from === undefined ? {} : { from }),
    to,
    steps: plan.steps.length,
    basisPoints,
    paused,
    findings,
  }
}

function courseView(
  state: ServiceState,
  rollout: RolloutState,
  { waiting, outcome }: ViewDetails,
): Pick<RolloutView, 'phase' | 'step' | 'reason' | 'waitsFor' | 'needsPerson' | 'until'> &
  Partial<Pick<RolloutView, 'findings'>> {
  return {
    phase: phaseOf(state, rollout),
    ...(rollout.phase === 'shifting' ? { step: rollout.step } : {}),
    ...('reason' in rollout ? { reason: rollout.reason } : {}),
    ...(waiting === undefined ? {} : { waitsFor: waiting.what }),
    ...(waiting?.person === true ? { needsPerson: true } : {}),
    ...(waiting?.until === undefined ? {} : { until: new Date(waiting.until).toISOString() }),
    ...(outcome?.kind === 'judge' && outcome.key === keyOf(rollout) ? { findings: outcome.judgement.findings } : {}),
  }
}

/** What has begun and of which nothing runs yet is no more than prepared. */
function phaseOf(state: ServiceState, { phase, to }: RolloutState): RolloutPhase {
  return phase === 'starting' && instancesOf(state, to).length === 0 ? 'prepared' : phase
}

import type { Thresholds } from '../model/verify.ts'
import type { GcPause } from './gc/gc-log.ts'
import type { GeneratorSummary } from './generator/messages.ts'
import type { Executed } from './ledger.ts'
import type { Plan } from './plan.ts'
import type { SampleLog } from './samples.ts'
import type { Deployment, Switch } from './timeline.ts'
import type { UsagePoint } from './usage/follow.ts'

/** Everything that was seen in a run. */
export interface Observations {
  readonly target: string
  readonly plan: Plan
  /** Wall clock in ms of the epoch. */
  readonly beganAt: number
  /** Ms since the begin. */
  readonly endMs: number
  readonly samples: SampleLog
  readonly generator: GeneratorSummary
  readonly deployments: readonly Deployment[]
  /** As somebody told them who knows; absent, they are taken from the answers. */
  readonly switches?: readonly Switch[]
  readonly executed?: Executed
  readonly gc?: readonly GcPause[]
  readonly usage?: readonly UsagePoint[]
  readonly gateway?: { readonly held: number; readonly lost: number }
  readonly thresholds: Thresholds
  readonly remarks: readonly string[]
}

export function isStream(plan: Plan, step: number): boolean {
  return plan.steps[step]?.kind !== 'request'
}

/** Whether latencies of a step count in those of the whole. */
export function isTimed(plan: Plan, step: number): boolean {
  return !isStream(plan, step) && plan.steps[step]?.slow === false
}

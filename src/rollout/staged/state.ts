import type { Plan } from '../../model/plan.ts'
import type { Finding } from '../../model/rollout.ts'
import type { Address } from './records.ts'

/**
 * One process of a service, as the journal knows it. Which group it belongs to follows from its release alone: the one that
 * serves, the one on trial, the one that rests, or none.
 */
export type InstanceState = { readonly id: string; readonly release: number } & (
  | { readonly stage: 'starting' }
  /** May get traffic. `target` names it in the table. */
  | { readonly stage: 'ready'; readonly address: Address; readonly target: string }
  /** Warm, without traffic: a rollback gives it back at once. */
  | { readonly stage: 'resting'; readonly address: Address; readonly target: string; readonly drained: boolean }
  /** Never gets traffic again. */
  | { readonly stage: 'leaving'; readonly address: Address; readonly target: string; readonly drained: boolean }
  | { readonly stage: 'stopping'; readonly address: Address }
)

/** What was reached and when, in milliseconds since 1970: what the report's timings are made of. */
export interface Mark {
  readonly name: string
  readonly at: number
}

/** What draining an instance showed. */
export interface Drained {
  readonly pid: number
  readonly inFlight: number
  readonly ended: number
  /** Of those that were ended. */
  readonly streams: number
}

/** What all states of a rollout have. */
interface Course {
  readonly id: number
  readonly from?: number
  readonly to: number
  readonly plan: Plan
  /** Name of the lane on trial. */
  readonly lane: string
  /** Two releases cannot run at once: the old one leaves before the new one is started. */
  readonly held: boolean
  readonly askedAt: number
  /** The older release whose content this one has, where the service is taken back to it. */
  readonly rollbackOf?: number
  /** When the state, or the step, began. */
  readonly since: number
  /** What the new release has beside its rules, while it is on trial. */
  readonly basisPoints: number
  readonly paused: boolean
  /** A person asked for the whole traffic: no step is taken any more. */
  readonly full: boolean
  readonly findings: readonly Finding[]
  readonly marks: readonly Mark[]
  /** What draining the old release's instances showed. */
  readonly drains: readonly Drained[]
  /** Why the last try to start an instance of the new release failed. */
  readonly failure?: { readonly why: string; readonly port?: number }
}

/** Where a rollout stands; see `RolloutPhase`. */
export type RolloutState = Course &
  (
    | { readonly phase: 'starting' }
    | { readonly phase: 'verifying' }
    | { readonly phase: 'preview'; readonly reason: string }
    | { readonly phase: 'shifting'; readonly step: number }
    | { readonly phase: 'baking'; readonly promotedAt: number }
    | { readonly phase: 'aborting'; readonly reason: string }
  )

/** A rollout that is over. */
export type EndedRollout = Course & { readonly finishedAt: number; readonly promotedAt?: number } & (
    | { readonly phase: 'complete' }
    | { readonly phase: 'aborted'; readonly reason: string }
  )

/** All that the journal says of one service. Plain data: a snapshot of it is a record. */
export interface ServiceState {
  readonly service: string
  /** Release that has, or is to have, the traffic, and how many instances of it. */
  readonly stable?: { readonly release: number; readonly instances: number }
  /** Release whose instances rest until then. */
  readonly warm?: { readonly release: number; readonly instances: number; readonly until: number }
  readonly instances: readonly InstanceState[]
  readonly rollout?: RolloutState
  readonly last?: EndedRollout
  /** Releases that were given up, with the reason. */
  readonly failed: Readonly<Record<string, string>>
  /** Highest number of a rollout so far. */
  readonly rollouts: number
}

export function emptyState(service: string): ServiceState {
  return { service, instances: [], failed: {}, rollouts: 0 }
}

import type { Finding } from '../../model/rollout.ts'
import type { Judgement } from './context.ts'
import type { RolloutState } from './state.ts'

/** What an effect came to. It counts for the state in which it was begun, named by `keyOf`, and for no other. */
export type Outcome =
  | { readonly kind: 'verify'; readonly key: string; readonly findings: readonly Finding[] }
  | { readonly kind: 'command'; readonly key: string; readonly failure?: string }
  /** The last look; `at` in milliseconds since 1970. */
  | { readonly kind: 'judge'; readonly key: string; readonly at: number; readonly judgement: Judgement }

/** What is so now, besides what the journal says. */
export interface Observation {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Ids of instances that run. */
  readonly alive: ReadonlySet<string>
  /** How those ended that do not. */
  readonly exits: ReadonlyMap<string, string>
  /** Ids of instances that are being started, drained or stopped right now. */
  readonly busy: ReadonlySet<string>
  /** Earliest start of an instance in the place of one of the serving release that ended by itself. */
  readonly reviveAt: number
  /** Why the serving release is given up for now: it ends again and again. */
  readonly down?: { readonly why: string; readonly detail?: string }
  readonly outcome?: Outcome
}

/** Names a state of a rollout: an outcome of an earlier one is void. */
export function keyOf(rollout: RolloutState): string {
  return [rollout.id, rollout.phase, rollout.phase === 'shifting' ? rollout.step : '', rollout.since].join(' ')
}

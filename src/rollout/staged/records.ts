import type { Plan } from '../../model/plan.ts'
import type { Finding } from '../../model/rollout.ts'
import type { ServiceState } from './state.ts'

/** What a person may ask of a rollout that is under way. */
export type Order = 'promote' | 'promote full' | 'pause' | 'resume' | 'abort'

/** Where an instance is reached, and what it is to the system. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly pid: number
  /** It listens on a port of its own choice, so a second one cannot run beside it. */
  readonly portFixed: boolean
}

/** One decision, or the outcome of one effect. Decisions are written before their effects. */
export type RecordBody =
  | {
      readonly kind: 'began'
      readonly to: number
      readonly plan: Plan
      /** The old release is stopped before the new one is started, since two cannot run at once. */
      readonly held: boolean
      /** When it was asked for, milliseconds since 1970. */
      readonly askedAtMs: number
      /** The release has the content of this older one, to which the service is taken back. */
      readonly rollbackOf?: number
    }
  /** Two instances turned out not to run beside each other: the old ones leave first. */
  | { readonly kind: 'held'; readonly why: string }
  | { readonly kind: 'starting'; readonly id: string; readonly release: number }
  | { readonly kind: 'ready'; readonly id: string; readonly address: Address }
  /** An instance is gone that was not told to go, or never became ready. `port`: the one that it could not bind. */
  | { readonly kind: 'lost'; readonly id: string; readonly why: string; readonly port?: number }
  /** As many instances are ready as the first step needs. */
  | { readonly kind: 'started' }
  | {
      readonly kind: 'verified'
      readonly findings: readonly Finding[]
      readonly compatible: boolean
      readonly why?: string
    }
  /** The step with this index begins, after what was found in the one before. */
  | { readonly kind: 'step'; readonly index: number; readonly findings?: readonly Finding[] }
  | { readonly kind: 'weighed'; readonly basisPoints: number }
  | { readonly kind: 'ordered'; readonly order: Exclude<Order, 'abort'> }
  /** The whole traffic goes to the new release; the old one rests. */
  | { readonly kind: 'promoted' }
  | { readonly kind: 'aborting'; readonly reason: string; readonly findings: readonly Finding[] }
  | { readonly kind: 'finished'; readonly findings?: readonly Finding[] }
  /** The whole traffic goes back to the instances that rest: a rollback within the window. */
  | { readonly kind: 'swapped'; readonly plan: Plan; readonly askedAtMs: number }
  /** The window is over: what rests leaves. */
  | { readonly kind: 'cooled' }
  /** One instance is not wanted any more. */
  | { readonly kind: 'leaving'; readonly id: string }
  /** What was in flight when the drain began; how much of it was ended by it, and how many of those were streams. */
  | {
      readonly kind: 'drained'
      readonly id: string
      /** Which of its names in the table was drained: one drain may outlast the next time in traffic. Any where absent. */
      readonly target?: string
      readonly inFlight: number
      readonly ended: number
      readonly streams: number
    }
  | { readonly kind: 'stopping'; readonly id: string }
  | { readonly kind: 'stopped'; readonly id: string }
  /** All that earlier records of the service came to. */
  | { readonly kind: 'snapshot'; readonly state: ServiceState }

/** A record as the journal has it. `rollout` is 0 where it belongs to none; `at` is milliseconds since 1970. */
export type JournalRecord = RecordBody & {
  readonly seq: number
  readonly at: number
  readonly service: string
  readonly rollout: number
}

const kinds: Readonly<Record<RecordBody['kind'], true>> = {
  began: true,
  held: true,
  starting: true,
  ready: true,
  lost: true,
  started: true,
  verified: true,
  step: true,
  weighed: true,
  ordered: true,
  promoted: true,
  aborting: true,
  finished: true,
  swapped: true,
  cooled: true,
  leaving: true,
  drained: true,
  stopping: true,
  stopped: true,
  snapshot: true,
}

export function isRecordKind(kind: string): kind is RecordBody['kind'] {
  return Object.hasOwn(kinds, kind)
}

import type { Plan } from '../plan.ts'
import type { SampleBatch } from '../samples.ts'
import type { Stall } from './load.ts'
import type { MessageCount } from './stream-steps.ts'

export interface Start {
  readonly type: 'start'
  readonly plan: Plan
  /** Whether somebody wants samples while the load runs; else they may come at its end. */
  readonly isWatched: boolean
}

/** To the generator's process. `stop`: send nothing more, wait for what is on its way; `cut`: do not even wait. */
export type Order = Start | { readonly type: 'stop' } | { readonly type: 'cut' }

/** From the generator's process. */
export type Tiding =
  | { readonly type: 'ready' }
  /** Wall clock of the begin, in ms of the epoch. */
  | { readonly type: 'began'; readonly at: number }
  | { readonly type: 'samples'; readonly batch: SampleBatch; readonly inFlight: number; readonly openStreams: number }
  | ({ readonly type: 'done' } & GeneratorSummary)

/** What the generator says of itself, and what it counted beside samples. */
export interface GeneratorSummary {
  /** From the first request until no more were sent, in ms. */
  readonly sendingMs: number
  readonly connections: number
  readonly messages: readonly MessageCount[]
  readonly stalls: readonly Stall[]
  /** Processor time that it used, in ms. */
  readonly cpuMs: number
  /** Pauses of its own garbage collection, in ms. */
  readonly gcCount: number
  readonly gcMaxMs: number
}

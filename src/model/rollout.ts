import type { Strategy } from './plan.ts'

/**
 * Where a rollout stands.
 *
 *     prepared -> starting -> verifying -> shifting -> baking -> complete
 *                                    \-> preview (incompatible; waits for a person)
 *     any of them before complete -> aborting -> aborted
 */
export type RolloutPhase =
  | 'prepared'
  | 'starting'
  | 'verifying'
  | 'preview'
  | 'shifting'
  | 'baking'
  | 'complete'
  | 'aborting'
  | 'aborted'

/** One figure that a verdict rests on, as people read it: `errors 2.1 % (21 of 1,000), stable 0.1 % (9 of 9,000)`. */
export interface Finding {
  /** `errors`, `p99`, `crashes`, or the name of a check. */
  readonly name: string
  readonly verdict: Verdict
  /** Says by itself what it is about: it is shown without the name. */
  readonly text: string
}

/** No data never promotes; an error is a check that could not be made. */
export type Verdict = 'pass' | 'fail' | 'no data' | 'error'

/** A rollout as status, `why` and the API tell it. */
export interface RolloutView {
  /** Unique within the state directory; rises. */
  readonly id: number
  readonly service: string
  readonly strategy: Strategy
  /** Release that served before; absent for the first. */
  readonly from?: number
  readonly to: number
  readonly phase: RolloutPhase
  /** Index into the plan's steps while `shifting`. */
  readonly step?: number
  readonly steps: number
  /** Share of the new release now, basis points. */
  readonly basisPoints: number
  readonly paused: boolean
  /** What it waits for, for people. */
  readonly waitsFor?: string
  /** Nothing goes on until a person says so. */
  readonly needsPerson?: boolean
  /** When the state it is in ends by itself, ISO 8601. */
  readonly until?: string
  /** Why it was aborted, or went to preview. */
  readonly reason?: string
  readonly findings: readonly Finding[]
}

/** What one deploy did, on disk and by `hotlane report`. Times in milliseconds. */
export interface RolloutReport {
  readonly rollout: RolloutView
  readonly startedAt: string
  readonly finishedAt: string
  /** Time in each phase and step, in order: `build`, `start`, `verify`, `weight 5 %`, `judge`, `bake`, `drain`, … */
  readonly timings: readonly { readonly name: string; readonly ms: number }[]
  /** From the command until the new release had the whole traffic; absent where it never had. */
  readonly reloadDurationMs?: number
  /** In flight on the old release when traffic moved. */
  readonly pendingRequests: number
  readonly requests: number
  /** Must be 0. */
  readonly lost: number
  /** Sent again because nothing of them can have been executed; each was executed once. */
  readonly retried: number
  readonly held: { readonly count: number }
  readonly streamsMoved: number
  /** Share of errors, 0 to 1: the old release before, the new one while the rollout ran, the new one in the bake. */
  readonly errorRate: { readonly before: number | null; readonly during: number | null; readonly after: number | null }
  /** Instances that were not done within the drain time, by pid, with what was left on them. */
  readonly notDrained: readonly { readonly pid: number; readonly left: number }[]
}

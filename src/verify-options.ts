import type { LoadStep, Thresholds, VerifySettings } from './model/verify.ts'
import type { Plan } from './verify/plan.ts'
import type { RunOptions } from './verify/run.ts'
import type { Sample } from './verify/samples.ts'

export { loadSteps } from './verify/load-steps.ts'

/** Requests per second: constant, changing evenly, stepwise (each for the whole duration), or as fast as it goes. */
export type Rate =
  | { readonly kind: 'constant'; readonly perSecond: number }
  | { readonly kind: 'ramp'; readonly from: number; readonly to: number }
  | { readonly kind: 'steps'; readonly rates: readonly number[] }
  | { readonly kind: 'max' }

type Gauges = Parameters<NonNullable<RunOptions['onSamples']>>[1]

export interface VerifyOptions {
  /** Of the project, for settings and a running session. */
  readonly directory: string
  /** URL or name of a service; absent for the first service of the running session. */
  readonly target?: string
  /** What flags leave open. */
  readonly settings: VerifySettings
  readonly rate?: Rate
  readonly durationMs?: number
  readonly connections?: number
  readonly newConnections?: number
  readonly maxRequests: number
  readonly headers: Readonly<Record<string, string>>
  /** Instead of those of the settings, if there are any. */
  readonly steps: readonly LoadStep[]
  /** Path, URL or file. */
  readonly ledger?: string
  readonly idHeader: string
  readonly releaseHeader: string
  /** What is deployed while load runs. */
  readonly deploys: { readonly command: string } | { readonly rebuilds: number; readonly everyMs: number } | undefined
  readonly beforeMs: number
  readonly afterMs: number
  /** Longest load of a run with deployments. */
  readonly limitMs: number
  readonly thresholds: Thresholds
  readonly gcLog?: string
  readonly memstats?: string
  readonly pids: readonly number[]
  readonly remote: boolean
  readonly stop: AbortSignal
  readonly now: AbortSignal
  /** Told before anything is sent to another machine. */
  readonly onAnnounce: (what: string) => void
  /** Looks on while the load runs. */
  readonly onSamples?: (samples: Iterable<Sample>, plan: Plan, gauges: Gauges) => void
  /** Told when a deployment begins, and when it has ended. */
  readonly onDeployment: (what: string, failed?: string) => void
}

import type { HistogramCounts } from '../../gateway/histogram.ts'
import type { JudgeSettings } from '../../model/plan.ts'
import type { Finding } from '../../model/rollout.ts'
import type { LaneFigures } from './figures.ts'
import { judgeErrors } from './judge-errors.ts'
import { judgeLatency } from './judge-latency.ts'

export interface Trial {
  /**
   * The old release's figures: of the same time while both serve; of the time before the switch in the bake. Undefined
   * where there is no older release.
   */
  readonly stable: LaneFigures | undefined
  readonly trial: LaneFigures
  /** How often an instance of the new release has ended by itself in this time. Not judged where absent. */
  readonly crashes?: number
  readonly settings: JudgeSettings
}

/**
 * One look at a release on trial: errors, latency and crashes, each as a finding; `verdictOf` says what they come to. It may
 * be repeated as often as one likes: all looks of one trial together come to a false verdict about errors with a probability
 * of at most 1 - `confidence`.
 */
export function judgeLanes({ stable, trial, crashes, settings }: Trial): readonly Finding[] {
  const latencies = (old: HistogramCounts | undefined): readonly Finding[] =>
    old === undefined
      ? []
      : settings.latency.map((limit) => judgeLatency({ stable: old, trial: trial.latency, limit, settings }))
  return [
    ...(crashes === undefined ? [] : [judgeCrashes(crashes)]),
    judgeErrors({ stable: stable?.errors, trial: trial.errors, settings }),
    ...latencies(stable?.latency),
  ]
}

function judgeCrashes(times: number): Finding {
  if (times === 0) return { name: 'crashes', verdict: 'pass', text: 'no crash of the new release' }
  const text = times === 1 ? 'the new release crashed' : `the new release crashed ${times} times`
  return { name: 'crashes', verdict: 'fail', text }
}

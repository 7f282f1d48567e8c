import { countAbove, countOf, type HistogramCounts, quantile } from '../../gateway/histogram.ts'
import type { JudgeSettings } from '../../model/plan.ts'
import type { Finding } from '../../model/rollout.ts'
import { evidenceOfMore, ratio } from './evidence.ts'
import { milliseconds, whole } from './words.ts'

/** What is slower by less than this many microseconds is not slower: a scheduler's whim takes as long. */
const floor = 5000
/** So many requests have to lie beyond a quantile before it is told. */
const beyond = 5

export interface LatencyToJudge {
  readonly stable: HistogramCounts
  readonly trial: HistogramCounts
  readonly limit: JudgeSettings['latency'][number]
  readonly settings: Pick<JudgeSettings, 'minRequests' | 'confidence'>
}

/**
 * A quantile of the trial is too high if more of its requests than the quantile leaves (1 % for p99) are slower than the
 * ratio times stable's quantile. It fails when that is sure, passes when it is not so in enough requests.
 */
export function judgeLatency({ stable, trial, limit, settings }: LatencyToJudge): Finding {
  const share = limit.quantile
  const [ofTrial, ofStable] = [countOf(trial), countOf(stable)]
  const name = `p${Number((share * 100).toFixed(3))}`
  const told = `${name} ${within(trial, share)}, stable ${within(stable, share)}`
  const found = (verdict: Finding['verdict'], why: string): Finding => ({ name, verdict, text: `${told}: ${why}` })
  const enough = Math.max(settings.minRequests, Math.ceil(beyond / (1 - share)))
  if (ofTrial < enough) return found('no data', `${whole(ofTrial)} of ${whole(enough)} requests`)
  if (ofStable < enough) return found('no data', `${whole(ofStable)} of ${whole(enough)} requests of stable`)
  // Stable's quantile is an estimate itself: three standard deviations of its rank are in its favour.
  const high = Math.min(1, share + 3 * Math.sqrt((share * (1 - share)) / ofStable))
  const slower = (than: number) => ({ count: countAbove(trial, than), of: ofTrial })
  const certain = slower(allowed(quantile(stable, high), limit.ratio))
  if (evidenceOfMore(certain, 1 - share, 0) >= -Math.log(1 - settings.confidence))
    return found('fail', `surely more than ${limit.ratio} times stable's`)
  const most = allowed(quantile(stable, share), limit.ratio)
  if (ratio(slower(most)) <= 1 - share) return found('pass', `at most ${milliseconds(most)} is allowed`)
  return found('no data', `not yet sure whether it is more than the ${milliseconds(most)} that are allowed`)
}

function allowed(microseconds: number, times: number): number {
  return Math.max(microseconds * times, microseconds + floor)
}

function within(histogram: HistogramCounts, share: number): string {
  const count = countOf(histogram)
  return count === 0 ? 'unknown' : `${milliseconds(quantile(histogram, share))} (${whole(count)} requests)`
}

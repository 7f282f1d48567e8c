import type { JudgeSettings } from '../../model/plan.ts'
import type { Finding } from '../../model/rollout.ts'
import { evidenceOfLess, evidenceOfMore, type Share } from './evidence.ts'
import { percent, shareOf, whole } from './words.ts'

/** A release passes if it is sure to be within this of the margin: to exclude less takes more requests than most have. */
const leastTolerance = 0.01

export interface ErrorsToJudge {
  /** Undefined: there is no older release, and the new one is compared with one that never fails. */
  readonly stable: Share | undefined
  readonly trial: Share
  readonly settings: Pick<JudgeSettings, 'minRequests' | 'errorMargin' | 'confidence'>
}

/**
 * Fails as soon as the trial's share of errors is sure to exceed stable's by more than the margin, however few requests that
 * takes; passes when it is sure to exceed it by less than the margin and a tolerance (the margin again, at least one percent).
 * Between the two, or until enough requests are there, it is no data.
 */
export function judgeErrors({ stable, trial, settings }: ErrorsToJudge): Finding {
  const { minRequests, errorMargin, confidence } = settings
  const bound = errorMargin + Math.max(errorMargin, leastTolerance)
  const sure = -Math.log(1 - confidence)
  const lines = { margin: errorMargin, bound, sure }
  const told = `errors ${shareOf(trial)}, ${stable === undefined ? 'nothing to compare with' : `stable ${shareOf(stable)}`}`
  const found = (verdict: Finding['verdict'], why: string): Finding => ({
    name: 'errors',
    verdict,
    text: `${told}: ${why}`,
  })
  if (isWorse(trial, stable, lines)) return found('fail', `surely more than ${percent(errorMargin)} above stable`)
  if (trial.of < minRequests) return found('no data', `${whole(trial.of)} of ${whole(minRequests)} requests`)
  if (stable !== undefined && stable.of < minRequests)
    return found('no data', `${whole(stable.of)} of ${whole(minRequests)} requests of stable`)
  if (isGood(trial, stable, lines)) return found('pass', `surely less than ${percent(bound)} above stable`)
  const takes = wanted(trial, stable, lines)
  if (takes === undefined) return found('no data', 'too near to the margin to tell')
  return found('no data', `${whole(trial.of)} of about ${whole(takes)} requests that it takes`)
}

interface Lines {
  readonly margin: number
  readonly bound: number
  /** Natural logarithm of the evidence that a verdict takes. */
  readonly sure: number
}

function isWorse(trial: Share, stable: Share | undefined, { margin, sure }: Lines): boolean {
  return evidenceOfMore(trial, stable ?? 0, margin) >= sure
}

function isGood(trial: Share, stable: Share | undefined, { bound, sure }: Lines): boolean {
  return evidenceOfLess(trial, stable ?? 0, bound) >= sure
}

/** How many requests it takes if they go on as they did; undefined where the share stays between the lines. */
function wanted(trial: Share, stable: Share | undefined, lines: Lines): number | undefined {
  for (let times = 1.2; times < 1000; times *= 1.2) {
    const later = (share: Share): Share => ({ count: share.count * times, of: share.of * times })
    const [soon, then] = [later(trial), stable === undefined ? undefined : later(stable)]
    if (isGood(soon, then, lines) || isWorse(soon, then, lines)) return rounded(soon.of)
  }
  return undefined
}

function rounded(count: number): number {
  return Number(count.toPrecision(2))
}

import { describe, expect, it } from 'vitest'

import { seeded } from '../../../test/rollout/random.ts'
import type { Verdict } from '../../model/rollout.ts'
import { judgeErrors } from './judge-errors.ts'

const settings = { minRequests: 100, errorMargin: 0.005, confidence: 0.99 }
const runs = 200
const stepSeconds = 600
/** 300 requests per second, of which 5 % reach the canary. */
const [toStable, toTrial] = [285, 15]

interface Simulated {
  readonly verdict: Verdict
  readonly seconds: number
}

/** One step of a canary, looked at every second until there is a verdict. */
function simulate(stableShare: number, trialShare: number, random: () => number): Simulated {
  const stable = { count: 0, of: 0 }
  const trial = { count: 0, of: 0 }
  for (let seconds = 1; seconds <= stepSeconds; seconds++) {
    for (let request = 0; request < toStable; request++) if (random() < stableShare) stable.count++
    for (let request = 0; request < toTrial; request++) if (random() < trialShare) trial.count++
    stable.of += toStable
    trial.of += toTrial
    const { verdict } = judgeErrors({ stable, trial, settings })
    if (verdict !== 'no data') return { verdict, seconds }
  }
  return { verdict: 'no data', seconds: stepSeconds }
}

describe('a canary with 5 % of 300 requests per second, in 200 runs', () => {
  it.each([
    [0, 0, 'pass'],
    [0.001, 0.001, 'pass'],
    [0.01, 0.01, 'pass'],
    [0.02, 0.02, 'pass'],
    [0, 0.02, 'fail'],
    [0.01, 0.03, 'fail'],
    [0.02, 0.04, 'fail'],
    [0, 1, 'fail'],
  ] as const)('where %d of stable and %d of the canary fail: %s, at most 1 % otherwise', (stable, trial, expected) => {
    const random = seeded(6)
    const verdicts = Array.from({ length: runs }, () => simulate(stable, trial, random).verdict)
    expect(verdicts.filter((verdict) => verdict !== expected).length).toBeLessThanOrEqual(runs / 100)
  })

  it('is not failed by looking at it 600 times while it is exactly at the margin', () => {
    const random = seeded(7)
    const verdicts = Array.from({ length: runs }, () => simulate(0.01, 0.015, random).verdict)
    expect(verdicts.filter((verdict) => verdict === 'fail').length).toBeLessThanOrEqual(runs / 100)
  })
})

describe('judgeErrors', () => {
  const judge = (trial: readonly [number, number], stable?: readonly [number, number]) =>
    judgeErrors({
      trial: { count: trial[0], of: trial[1] },
      stable: stable === undefined ? undefined : { count: stable[0], of: stable[1] },
      settings,
    })

  it.each([
    [
      judge([50, 1000], [9, 9000]),
      'fail',
      'errors 5 % (50 of 1,000), stable 0.1 % (9 of 9,000): surely more than 0.5 % above stable',
    ],
    [
      judge([0, 2000], [9, 9000]),
      'pass',
      'errors 0 % (0 of 2,000), stable 0.1 % (9 of 9,000): surely less than 1.5 % above stable',
    ],
    [judge([0, 12], [0, 4]), 'no data', 'errors 0 % (0 of 12), stable 0 % (0 of 4): 12 of 100 requests'],
    [judge([0, 1200], [0, 4]), 'no data', 'errors 0 % (0 of 1,200), stable 0 % (0 of 4): 4 of 100 requests of stable'],
    [
      judge([1, 300], [30, 9000]),
      'no data',
      'errors 0.3 % (1 of 300), stable 0.3 % (30 of 9,000): 300 of about 1,100 requests that it takes',
    ],
    [
      judge([1000, 100_000], [0, 100_000]),
      'fail',
      'errors 1 % (1,000 of 100,000), stable 0 % (0 of 100,000): surely more than 0.5 % above stable',
    ],
    [
      judge([9, 900], [0, 9000]),
      'no data',
      'errors 1 % (9 of 900), stable 0 % (0 of 9,000): 900 of about 5,600 requests that it takes',
    ],
    [
      judge([20, 20], [0, 400]),
      'fail',
      'errors 100 % (20 of 20), stable 0 % (0 of 400): surely more than 0.5 % above stable',
    ],
    [judge([0, 1000]), 'pass', 'errors 0 % (0 of 1,000), nothing to compare with: surely less than 1.5 % above stable'],
  ])('says %o', (finding, verdict, text) => {
    expect(finding).toEqual({ name: 'errors', verdict, text })
  })
})

import { expect, it } from 'vitest'

import { logNormal, seeded } from '../../../test/rollout/random.ts'
import { Histogram } from '../../gateway/histogram.ts'
import type { Verdict } from '../../model/rollout.ts'
import { judgeLatency } from './judge-latency.ts'

const settings = { minRequests: 100, confidence: 0.99 }
const runs = 100

/** Looks every 5 s, up to 5 minutes, at 285 and 15 requests per second. */
function simulate(quantile: number, medians: readonly [number, number], random: () => number): Verdict {
  const [stable, trial] = [new Histogram(), new Histogram()]
  for (let seconds = 5; seconds <= 300; seconds += 5) {
    for (let request = 0; request < 285 * 5; request++) stable.record(logNormal(random, medians[0], 0.6))
    for (let request = 0; request < 15 * 5; request++) trial.record(logNormal(random, medians[1], 0.6))
    const limit = { quantile, ratio: 1.5 }
    const { verdict } = judgeLatency({ stable: stable.read(), trial: trial.read(), limit, settings })
    if (verdict !== 'no data') return verdict
  }
  return 'no data'
}

it.each([
  ['as fast', 0.99, [20_000, 20_000], 'pass'],
  ['as fast', 0.95, [20_000, 20_000], 'pass'],
  ['a tenth slower', 0.99, [20_000, 22_000], 'pass'],
  ['three times as slow', 0.99, [20_000, 60_000], 'fail'],
  ['three times as slow', 0.95, [20_000, 60_000], 'fail'],
  ['three times as slow, by less than a millisecond', 0.99, [300, 900], 'pass'],
] as const)('%s at %d of %j: %s', (_what, quantile, medians, expected) => {
  const random = seeded(3)
  const verdicts = Array.from({ length: runs }, () => simulate(quantile, medians, random))
  expect(verdicts.filter((verdict) => verdict !== expected).length).toBeLessThanOrEqual(runs / 100)
})

function constant(microseconds: number, count: number) {
  const histogram = new Histogram()
  for (let index = 0; index < count; index++) histogram.record(microseconds)
  return histogram.read()
}

it.each([
  [constant(12_000, 499), 'no data', 'p99 12 ms (499 requests), stable 10 ms (9,000 requests): 499 of 500 requests'],
  [constant(12_000, 500), 'pass', 'p99 12 ms (500 requests), stable 10 ms (9,000 requests): at most 20 ms is allowed'],
  [
    constant(31_000, 500),
    'fail',
    "p99 31 ms (500 requests), stable 10 ms (9,000 requests): surely more than 2 times stable's",
  ],
  [constant(1, 0), 'no data', 'p99 unknown, stable 10 ms (9,000 requests): 0 of 500 requests'],
])('says how it is', (trial, verdict, text) => {
  const limit = { quantile: 0.99, ratio: 2 }
  const finding = judgeLatency({ stable: constant(10_000, 9000), trial, limit, settings })
  expect(finding).toEqual({ name: 'p99', verdict, text })
})

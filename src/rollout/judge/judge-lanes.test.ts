import { expect, it } from 'vitest'

import type { LaneReading } from '../../gateway/data-plane.ts'
import { Histogram, countOf } from '../../gateway/histogram.ts'
import type { JudgeSettings } from '../../model/plan.ts'
import type { Finding, Verdict } from '../../model/rollout.ts'
import { figuresOf, since } from './figures.ts'
import { judgeLanes } from './judge-lanes.ts'
import { verdictOf } from './verdict-of.ts'

const settings: JudgeSettings = {
  minRequests: 100,
  errorMargin: 0.005,
  confidence: 0.99,
  latency: [{ quantile: 0.95, ratio: 2 }],
  checks: [],
  everyMs: 1000,
  timeoutMs: 60_000,
}

type Classes = LaneReading['counters']['statusClasses']

function reading(
  statusClasses: Classes,
  change: { readonly resets?: number; readonly lost?: number } = {},
): LaneReading {
  const latency = new Histogram()
  const requests = statusClasses.reduce((sum, count) => sum + count, 0)
  for (let index = 0; index < requests; index++) latency.record(10_000)
  const zero = {
    heldTotal: 0,
    held: 0,
    inFlight: 0,
    retried: 0,
    streams: 0,
    bytesIn: 0,
    bytesOut: 0,
    resets: 0,
    lost: 0,
  }
  return {
    service: 'shop',
    lane: 'canary',
    counters: { ...zero, requests, statusClasses, ...change },
    latency: latency.read(),
  }
}

it('counts as errors what was answered with 5xx, cut, or not answered, each once', () => {
  const now = reading([2, 0, 90, 3, 4, 1], { resets: 1, lost: 2 })
  expect(figuresOf(now).errors).toEqual({ count: 4, of: 100 })
  expect(figuresOf(reading([5, 0, 0, 0, 0, 0], { resets: 5, lost: 5 })).errors).toEqual({ count: 5, of: 5 })
})

it('takes what happened since a reading, and all of a lane that is new', () => {
  const before = reading([0, 0, 50, 0, 0, 10])
  const now = reading([0, 0, 150, 0, 0, 11])
  expect(since(before, now).errors).toEqual({ count: 1, of: 101 })
  expect(countOf(since(before, now).latency)).toBe(101)
  expect(since(undefined, now).errors).toEqual({ count: 11, of: 161 })
  expect(since(undefined, undefined).errors).toEqual({ count: 0, of: 0 })
})

const good = figuresOf(reading([0, 0, 3000, 0, 0, 0]))
const bad = figuresOf(reading([0, 0, 2500, 0, 0, 500]))

it('judges errors, crashes and latency', () => {
  const names = (findings: readonly Finding[]) => findings.map(({ name, verdict }) => `${name}: ${verdict}`)
  const judge = (change: object) => judgeLanes({ stable: good, trial: good, crashes: 0, settings, ...change })
  expect(names(judge({}))).toEqual(['crashes: pass', 'errors: pass', 'p95: pass'])
  expect(names(judge({ trial: bad, crashes: 1 }))).toEqual(['crashes: fail', 'errors: fail', 'p95: pass'])
  expect(names(judge({ stable: undefined }))).toEqual(['crashes: pass', 'errors: pass'])
  expect(names(judge({ trial: since(undefined, undefined) }))).toEqual([
    'crashes: pass',
    'errors: no data',
    'p95: no data',
  ])
  expect(judge({ crashes: 2 })[0]?.text).toBe('the new release crashed 2 times')
})

it.each([
  [[], 'pass'],
  [['pass', 'pass'], 'pass'],
  [['pass', 'no data'], 'no data'],
  [['no data', 'error', 'pass'], 'error'],
  [['error', 'fail', 'no data'], 'fail'],
] as const)('%j come to %s', (verdicts: readonly Verdict[], expected) => {
  expect(verdictOf(verdicts.map((verdict) => ({ name: 'one', verdict, text: '' })))).toBe(expected)
})

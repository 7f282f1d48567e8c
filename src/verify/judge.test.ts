import { describe, expect, it } from 'vitest'
import { judge } from './judge.ts'
import { Tally } from './figures.ts'
import type { PhaseReport } from './report.ts'
import { judgeLedger } from './judge-ledger.ts'
import { executedIn } from './ledger.ts'
import { loadStep } from '../model/verify.ts'
import { backwardsIn } from './releases.ts'
import type { Sample } from './samples.ts'

function sample(part: Partial<Sample>): Sample {
  return {
    n: 0,
    step: 0,
    outcome: 'ok',
    status: 200,
    release: '',
    fresh: false,
    intendedMs: 0,
    ownMs: 0,
    latencyMs: 1,
    endedMs: 1,
    bytes: 0,
    ...part,
  }
}

function phase(name: PhaseReport['phase'], latencies: readonly number[]): PhaseReport {
  const tally = new Tally()
  for (const latencyMs of latencies) tally.add(sample({ latencyMs }), true)
  return { phase: name, seconds: 1, perSecond: latencies.length, ...tally.figures() }
}

describe('a threshold', () => {
  const nothing = { phases: [], lost: 0, streams: [] }

  it('has failed where nothing was measured', () => {
    const asked = { twice: 0, backwards: 0, p99Ms: 50, success: 0.5, p99During: { kind: 'ratio', ratio: 2 } } as const
    const verdicts = judge(nothing, asked)
    expect(verdicts.map(({ name, held }) => [name, held])).toEqual([
      ['max-twice', false],
      ['max-backwards', false],
      ['min-success', false],
      ['p99', false],
      ['p99-during', false],
    ])
  })

  it('is judged only where it is asked for', () => {
    expect(judge(nothing, {})).toEqual([])
  })

  it('that is a multiple is one of steady state, and says of how much', () => {
    const phases = [phase('steady', [2, 2]), phase('during', [5]), phase('switch', [2])]
    const ratio = { kind: 'ratio', ratio: 1.5 } as const
    expect(judge({ ...nothing, phases }, { p99During: ratio, p99Switch: ratio })).toMatchObject([
      { name: 'p99-during', held: false, actual: '5 ms, 2.50 x' },
      { name: 'p99-switch', held: true, bound: 'at most 1.5 x steady state (2 ms)', actual: '2 ms, 1.00 x' },
    ])
  })
})

describe('a ledger', () => {
  it.each(['run-1\nrun-2\nrun-2\n', '["run-1","run-2","run-2"]', 'a run-1, run-2;run-2 run-3x other-run-4'])(
    'is read whatever its form: %j',
    (text) => {
      expect([...executedIn(text, 'run')]).toEqual([
        [1, 1],
        [2, 2],
      ])
    },
  )

  it('claims nothing of steps that it does not keep, though they were answered', () => {
    const steps = [loadStep({ path: '/kept' }), loadStep({ path: '/static' })]
    const samples = [
      sample({ n: 1 }),
      sample({ n: 2, outcome: 'reset' }),
      sample({ n: 3, step: 1 }),
      sample({ n: 4, step: 1, outcome: 'reset' }),
    ]
    expect(judgeLedger(samples, steps, new Map([[1, 1]]))).toMatchObject({
      neverExecuted: 1,
      unrecorded: 0,
      uncovered: ['GET /static'],
    })
  })
})

describe('traffic that goes back', () => {
  const answer = (release: string, fromMs: number, toMs: number): Sample =>
    sample({ release, intendedMs: fromMs, endedMs: toMs, latencyMs: toMs - fromMs })

  it('is an old release that answers what began after a new one had answered', () => {
    const overlapping = [answer('1', 0, 10), answer('2', 5, 8), answer('1', 7, 9)]
    expect(backwardsIn(overlapping, () => false)).toBe(0)
    expect(backwardsIn([...overlapping, answer('1', 9, 11)], () => false)).toBe(1)
  })

  it('is not known where releases have no order', () => {
    expect(backwardsIn([answer('blue', 0, 1)], () => false)).toBeUndefined()
  })
})

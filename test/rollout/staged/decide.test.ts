import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Plan, Step, Strategy } from '../../../src/model/plan.ts'
import { defaultJudge } from '../../../src/model/strategies.ts'
import type { Order } from '../../../src/rollout/staged/records.ts'
import { type Happening, Play } from './play.ts'
import { planFor } from './release.ts'

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 5000 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('done' as const), which: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('start fails' as const, 'port taken' as const, 'crash' as const),
      which: fc.nat(5),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('outcome' as const),
      verdict: fc.constantFrom('pass' as const, 'pass' as const, 'fail' as const, 'no data' as const, 'error' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      order: fc.constantFrom<Order>('promote', 'promote full', 'pause', 'resume', 'abort'),
    }),
  },
)

/** What is written as JSON has to come back as it is. */
const plain = { noNullPrototype: true } as const

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('weight' as const), basisPoints: fc.integer({ min: 0, max: 10_000 }) }, plain),
  fc.record({ kind: fc.constant('pause' as const), ms: fc.integer({ min: 1, max: 5000 }) }, plain),
  fc.constantFrom<Step>(
    { kind: 'approve' },
    { kind: 'judge' },
    { kind: 'verify' },
    { kind: 'command', command: { kind: 'shell', line: 'x' } },
  ),
)

const plan: fc.Arbitrary<Plan> = fc
  .record({
    strategy: fc.constantFrom<Strategy>('replace', 'hold', 'rolling', 'blue-green', 'canary'),
    instances: fc.integer({ min: 1, max: 3 }),
    steps: fc.option(fc.array(step, { maxLength: 5 }), { nil: undefined }),
    bakeMs: fc.constantFrom(0, 3000),
    otherwise: fc.constantFrom('abort' as const, 'preview' as const),
  })
  .map(({ strategy, instances, steps, bakeMs, otherwise }) =>
    planFor(strategy, {
      instances,
      bakeMs,
      judge: { ...defaultJudge, timeoutMs: 10_000 },
      deadlineMs: 20_000,
      rollbackWindowMs: 8000,
      compatibility: { checks: [], otherwise },
      ...(steps === undefined || strategy === 'rolling' || strategy === 'hold' ? {} : { steps }),
    }),
  )

const all = { numRuns: 300 }

describe('whatever happens to a rollout', () => {
  it('traffic goes where the plan says and to what is ready, and it ends complete or aborted when calm returns', () => {
    fc.assert(
      fc.property(plan, fc.array(happening, { maxLength: 60 }), (tried, happenings) => {
        const play = new Play()
        play.begin(1, planFor('replace', { instances: tried.instances, bakeMs: 0 }))
        play.calm()
        expect(play.state.stable).toEqual({ release: 1, instances: tried.instances })
        play.begin(2, tried)
        for (const each of happenings) play.happen(each)
        play.calm()
        const { last, stable } = play.state
        expect(['complete', 'aborted']).toContain(last?.phase)
        expect(stable).toEqual({ release: last?.phase === 'complete' ? 2 : 1, instances: tried.instances })
        expect(play.state.instances).toHaveLength(tried.instances)
      }),
      all,
    )
  })

  it('without anything adverse it completes, and stable never lacks an instance but for hold', () => {
    fc.assert(
      fc.property(plan, (tried) => {
        const play = new Play()
        play.begin(1, planFor('replace', { instances: tried.instances }))
        play.calm()
        play.begin(2, tried)
        play.calm()
        expect(play.state.last).toMatchObject({ phase: 'complete', to: 2 })
      }),
      all,
    )
  })

  it('a first release that is given up leaves nothing', () => {
    fc.assert(
      fc.property(plan, fc.array(happening, { maxLength: 30 }), (tried, happenings) => {
        const play = new Play()
        play.begin(1, tried)
        for (const each of happenings) play.happen(each)
        play.calm()
        const { last, instances, stable } = play.state
        const isGone = last?.phase === 'aborted'
        expect([instances.length, stable?.release]).toEqual(isGone ? [0, undefined] : [tried.instances, 1])
      }),
      all,
    )
  })

  it('can be aborted in every state before it is complete', () => {
    fc.assert(
      fc.property(plan, fc.array(happening, { maxLength: 40 }), (tried, happenings) => {
        const play = new Play()
        play.begin(1, planFor('replace', { instances: tried.instances, bakeMs: 0 }))
        play.calm()
        play.begin(2, tried)
        for (const each of happenings) play.happen(each)
        const { rollout } = play.state
        if (rollout === undefined || rollout.phase === 'aborting') return
        play.happen({ kind: 'order', order: 'abort' })
        play.calm()
        expect(play.state.last).toMatchObject({ phase: 'aborted' })
        expect(play.state.stable?.release).toBe(1)
      }),
      all,
    )
  })
})

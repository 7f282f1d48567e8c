import { expect, it } from 'vitest'
import type { Finding, RolloutView } from '../../model/rollout.ts'
import { paint } from './paint.ts'
import { rolloutFacts } from './rollout-facts.ts'

const pass: Finding = { name: 'errors', verdict: 'pass', text: 'errors 0 %' }
const view: RolloutView = {
  id: 1,
  service: 'orders',
  strategy: 'canary',
  from: 7,
  to: 8,
  phase: 'shifting',
  step: 1,
  steps: 4,
  basisPoints: 1000,
  paused: false,
  findings: [],
}
const facts = (before: RolloutView, now: RolloutView): readonly string[] => rolloutFacts(before, now, paint(false))

it('a verdict is told before the step that follows from it', () => {
  const next: RolloutView = { ...view, step: 2, basisPoints: 5000, findings: [pass] }
  expect(facts(view, next)).toEqual(['pass     errors 0 %', 'release 8 gets 50 % of the traffic (step 3 of 4)'])
})

it('a verdict is told before the phase that follows from it', () => {
  const next: RolloutView = { ...view, phase: 'baking', basisPoints: 10_000, findings: [pass] }
  expect(facts(view, next)).toEqual([
    'pass     errors 0 %',
    'release 8 has all of the traffic, and is watched for a while',
  ])
})

it('a verdict within a step stands by itself', () => {
  expect(facts(view, { ...view, findings: [pass] })).toEqual(['pass     errors 0 %'])
})

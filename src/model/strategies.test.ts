import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planOf, stepsOf, withStrategy } from './strategies.ts'

describe('stepsOf', () => {
  it('takes the steps of the settings where the strategy has any', () => {
    const given = [{ kind: 'approve' }] as const
    expect(stepsOf('canary', 1, given)).toBe(given)
    expect(stepsOf('blue-green', 1, given)).toBe(given)
    expect(stepsOf('replace', 1, given)).toBe(given)
    expect(stepsOf('hold', 1, given)).toEqual([])
  })

  it('judges a canary at each weight, and leaves blue-green to a person', () => {
    expect(stepsOf('canary', 2).map((step) => (step.kind === 'weight' ? step.basisPoints : step.kind))).toEqual([
      500,
      'judge',
      2500,
      'judge',
      5000,
      'judge',
    ])
    expect(stepsOf('blue-green', 2)).toEqual([{ kind: 'approve' }])
    expect(stepsOf('replace', 2)).toEqual([])
  })

  it('rolls instance by instance, with weights that rise to the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (instances) => {
        const steps = stepsOf('rolling', instances)
        const weights = steps.map((step) => (step.kind === 'scale' ? step.basisPoints : -1))
        expect(steps).toHaveLength(instances)
        expect(weights.at(-1)).toBe(10_000)
        expect(weights.every((weight, index) => weight > (weights[index - 1] ?? 0))).toBe(true)
      }),
    )
  })
})

describe('withStrategy', () => {
  it('changes steps and rules, and nothing else', () => {
    const plan = { ...planOf('replace', 3), bakeMs: 1 }
    expect(withStrategy(plan, 'canary')).toEqual({ ...planOf('canary', 3), bakeMs: 1 })
    expect(withStrategy(plan, 'replace')).toBe(plan)
    const own = { ...plan, rules: [{ kind: 'header', name: 'x' } as const] }
    expect(withStrategy(own, 'blue-green').rules).toBe(own.rules)
  })
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RolloutView } from '../model/rollout.ts'
import { Moves } from './moves.ts'

function view(id: number, basisPoints: number): RolloutView {
  return {
    id,
    service: 'shop',
    strategy: 'canary',
    from: id,
    to: id + 1,
    phase: 'shifting',
    steps: 2,
    basisPoints,
    paused: false,
    findings: [],
  }
}

function seen(views: readonly RolloutView[], known?: RolloutView): readonly (number | undefined)[] {
  const moves = new Moves(known)
  return views.map((each) => moves.see(each))
}

describe('moves of traffic', () => {
  it('are changes of the share of a release, of which each is told once', () => {
    const told = [view(1, 0), view(1, 500), view(1, 500), view(1, 10_000), view(1, 10_000)]
    expect(seen(told)).toEqual([undefined, 2, undefined, 2, undefined])
  })

  it('go back to the release before where a rollout is aborted', () => {
    expect(seen([view(1, 500), view(1, 0), view(1, 0)])).toEqual([2, 1, undefined])
  })

  it('begin anew with each rollout', () => {
    expect(seen([view(1, 10_000), view(2, 0), view(2, 10_000), view(3, 10_000)])).toEqual([2, undefined, 3, 4])
  })

  it('leave out what was so before anybody looked', () => {
    expect(seen([view(1, 500), view(1, 10_000)], view(1, 500))).toEqual([undefined, 2])
  })

  it('come to the share that is told last', () => {
    const shares = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1 })
    fc.assert(
      fc.property(shares, (told) => {
        const changes = told.filter((share, index) => share !== (told[index - 1] ?? 0))
        const moved = seen(told.map((share) => view(1, share))).filter((release) => release !== undefined)
        expect(moved).toHaveLength(changes.length)
      }),
    )
  })
})

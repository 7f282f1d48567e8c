import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lengthsOf, nearSwitchOf, phasesOf, steadyOf } from './timeline.ts'

const twice = {
  endMs: 20_000,
  deployments: [
    { what: 'a', fromMs: 5000, toMs: 6000 },
    { what: 'b', fromMs: 10_000, toMs: 11_000 },
  ],
  switches: [{ atMs: 5900, release: '2' }],
}

describe('a timeline', () => {
  it.each([
    [0, 1, 'before'],
    [4990, 5010, 'during'],
    [6500, 6501, 'during'],
    [7100, 7200, 'between'],
    [7100, 10_001, 'during'],
    [12_001, 13_000, 'after'],
  ])('says of %i to %i: %s', (fromMs, toMs, phase) => {
    expect(phasesOf(twice)({ fromMs, toMs })).toBe(phase)
  })

  it('has only a time before where nothing was deployed', () => {
    expect(phasesOf({ endMs: 10, deployments: [], switches: [] })({ fromMs: 5, toMs: 6 })).toBe('before')
    expect(lengthsOf({ endMs: 10_000, deployments: [], switches: [] })).toMatchObject({ before: 10, after: 0 })
  })

  it('measures its phases', () => {
    expect(lengthsOf(twice)).toEqual({ before: 5, during: 4, between: 3, after: 8, switch: 1, steady: 16 })
  })

  it('is steady wherever there is neither a deployment nor a switch, before, between and after', () => {
    const strays = { ...twice, switches: [...twice.switches, { atMs: 15_000, release: '3' }] }
    const steady = steadyOf(strays)
    const moments = [0, 4999, 5000, 6999, 7001, 9999, 11_999, 12_001, 14_499, 14_501, 15_499, 15_501, 19_999]
    expect(moments.filter((ms) => steady({ fromMs: ms, toMs: ms }))).toEqual([
      0, 4999, 7001, 9999, 12_001, 14_499, 15_501, 19_999,
    ])
    expect(steady({ fromMs: 7001, toMs: 10_001 })).toBe(false)
    expect(lengthsOf(strays).steady).toBe(15)
  })

  it('knows what is near a switch, as looking at each of them would tell', () => {
    const moments = fc.array(fc.nat(20_000), { maxLength: 20 })
    fc.assert(
      fc.property(moments, fc.nat(20_000), fc.nat(3000), (switches, fromMs, ms) => {
        const near = nearSwitchOf({ ...twice, switches: switches.map((atMs) => ({ atMs, release: '' })) })
        const plain = switches.some((atMs) => atMs - 500 <= fromMs + ms && fromMs <= atMs + 500)
        expect(near({ fromMs, toMs: fromMs + ms })).toBe(plain)
      }),
    )
  })
})

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { laneRequest } from '../../../test/gateway/lane-request.ts'
import type { Share, StickyKey } from '../../model/table.ts'
import { compileSplit } from './split.ts'

const context = { service: 'shop', trusts: () => false }
const kinds: readonly StickyKey[] = [{ kind: 'cookie' }, { kind: 'header', name: 'X-User' }, { kind: 'address' }]

function laneOf(sticky: StickyKey, shares: readonly Share[], salt = '7'): (client: number) => string | undefined {
  const choose = compileSplit({ shares, sticky, salt }, context)
  return (client) => {
    const lines = [`Cookie: a=b; hotlane-bucket=${client}`, `x-user: user-${client}`]
    return choose(laneRequest({ lines, peer: `10.0.${client >> 8}.${client & 255}` }))
  }
}

const client = fc.integer({ min: 0, max: 9999 })
const growing = fc
  .array(fc.integer({ min: 0, max: 10_000 }), { minLength: 2 })
  .map((list) => list.toSorted((a, b) => a - b))

test.each(kinds)('by $kind a share that grows gives no client back, and takes all in the end', (sticky) => {
  fc.assert(
    fc.property(client, growing, fc.string(), (one, sizes, salt) => {
      const lanes = [...sizes, 10_000].map((basisPoints) =>
        laneOf(sticky, [{ lane: 'canary', basisPoints }], salt)(one),
      )
      expect(new Set(lanes.slice(lanes.indexOf('canary')))).toEqual(new Set(['canary']))
      expect(laneOf(sticky, [{ lane: 'canary', basisPoints: 0 }], salt)(one)).toBeUndefined()
    }),
  )
})

test.each(kinds)('by $kind the last of several shares grows without touching the others', (sticky) => {
  fc.assert(
    fc.property(client, fc.nat(5000), growing, (one, basisPoints, sizes) => {
      const first = { lane: 'blue', basisPoints }
      const seen = sizes.map((size) => laneOf(sticky, [first, { lane: 'green', basisPoints: size }])(one))
      const alone = laneOf(sticky, [first])(one)
      for (const lane of seen) expect(lane === 'blue').toBe(alone === 'blue')
    }),
  )
})

test('kept buckets are shared out exactly', () => {
  const lane = laneOf({ kind: 'cookie' }, [
    { lane: 'blue', basisPoints: 300 },
    { lane: 'green', basisPoints: 1234 },
  ])
  const counts = new Map<string | undefined, number>()
  for (let one = 0; one < 10_000; one++) counts.set(lane(one), (counts.get(lane(one)) ?? 0) + 1)
  expect(counts).toEqual(
    new Map([
      ['blue', 300],
      ['green', 1234],
      [undefined, 10_000 - 1534],
    ]),
  )
})

test.each(kinds.slice(1))('by $kind a share is as large as it says, within statistics', (sticky) => {
  const lane = laneOf(sticky, [{ lane: 'canary', basisPoints: 2500 }])
  const clients = 10_000
  const count = Array.from({ length: clients }, (_, one) => lane(one)).filter((name) => name === 'canary').length
  expect(Math.abs(count - clients / 4)).toBeLessThan(5 * Math.sqrt(clients * 0.25 * 0.75))
})

test('by request each one is dealt out anew, and stays where it is when it is routed again', () => {
  const choose = compileSplit({ shares: [{ lane: 'canary', basisPoints: 5000 }], sticky: { kind: 'request' } }, context)
  const seen = Array.from({ length: 200 }, () => {
    const request = laneRequest({})
    const lane = choose(request)
    for (let again = 0; again < 5; again++) expect(choose(request)).toBe(lane)
    return lane
  })
  expect(new Set(seen)).toEqual(new Set(['canary', undefined]))
})

test.each(['', '10000', '-1', '07', '1e3', '5 5', '٣', 'abc'])(
  'a cookie of %j is none, and another is dealt',
  (value) => {
    const choose = compileSplit({ shares: [{ lane: 'canary', basisPoints: 1 }], sticky: { kind: 'cookie' } }, context)
    const request = laneRequest({ lines: [`Cookie: hotlane-bucket=${value}`] })
    choose(request)
    expect(request.dealt).toEqual(expect.any(Number))
  },
)

test('without the field that is named, the address decides', () => {
  const shares = [{ lane: 'canary', basisPoints: 5000 }]
  const byField = compileSplit({ shares, sticky: { kind: 'header', name: 'x-user' } }, context)
  const byAddress = compileSplit({ shares, sticky: { kind: 'address' } }, context)
  fc.assert(
    fc.property(fc.ipV4(), (peer) => {
      expect(byField(laneRequest({ peer }))).toBe(byAddress(laneRequest({ peer })))
    }),
  )
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { choose } from './choose.ts'

const at = (port: number, host = '127.0.0.1') => ({ host, port })

describe('choose', () => {
  it('takes PORT at once, on loopback and IPv4 if it has the choice', () => {
    const listeners = [at(9000), at(4000, '::1'), at(4000, '0.0.0.0'), at(4000, '10.0.0.1')]
    const choice = choose(listeners, { port: 4000, appPort: 9000 }, 0)
    expect(choice).toEqual({ kind: 'reach', listener: at(4000, '0.0.0.0'), portFixed: false })
  })

  it('takes the known port at once where PORT is not listened on', () => {
    const choice = choose([at(9000), at(9001)], { port: 4000, appPort: 9001 }, 0)
    expect(choice).toEqual({ kind: 'reach', listener: at(9001), portFixed: true })
  })

  it('takes another port only when nothing changes any more, and one that is silent later', () => {
    expect(choose([at(9000)], { port: 4000 }, 299).kind).toBe('wait')
    expect(choose([at(9000)], { port: 4000 }, 300)).toEqual({ kind: 'ask', candidates: [at(9000)], orFirst: false })
    expect(choose([at(9000)], { port: 4000 }, 2000)).toMatchObject({ kind: 'ask', orFirst: true })
    expect(choose([at(9001), at(9000)], { port: 4000 }, 1e6)).toEqual({
      kind: 'ask',
      candidates: [at(9000), at(9001)],
      orFirst: false,
    })
  })

  it("takes a debugger's port for the app's last of all", () => {
    expect(choose([at(9229)], { port: 4000 }, 4999)).toMatchObject({
      kind: 'wait',
      why: expect.stringContaining('9229'),
    })
    expect(choose([at(9229), at(9000)], { port: 4000 }, 300)).toMatchObject({ candidates: [at(9000)] })
    expect(choose([at(9229)], { port: 4000 }, 5000)).toMatchObject({ kind: 'ask' })
  })

  it('never reaches or asks what is not listened on, and never passes PORT by', () => {
    const port = fc.integer({ min: 1, max: 6 })
    const listener = fc.record({ host: fc.constantFrom('127.0.0.1', '::', '::1', '0.0.0.0', '10.0.0.1'), port })
    const wanted = fc.record({ port, appPort: fc.option(port, { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(listener), wanted, fc.nat(10_000), (listeners, wanted, unchangedMs) => {
        const choice = choose(listeners, wanted, unchangedMs)
        const chosen = choice.kind === 'reach' ? [choice.listener] : choice.kind === 'ask' ? choice.candidates : []
        for (const each of chosen) expect(listeners).toContain(each)
        const isOnPort = listeners.some((each) => each.port === wanted.port)
        expect(choice.kind === 'reach' && !choice.portFixed).toBe(isOnPort)
        expect(choice.kind === 'wait' || listeners.length > 0).toBe(true)
      }),
    )
  })
})

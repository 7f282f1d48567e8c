import { describe, expect, it } from 'vitest'
import { HotlaneError, reportError } from '../../support/errors.ts'
import { PortInUse } from '../port-in-use.ts'
import { carry, unpack } from './carried-error.ts'

const never = new AbortController().signal

function carried(error: unknown): unknown {
  return unpack(structuredClone(carry(error, never)), never)
}

describe('an error that is carried between processes', () => {
  it.each([
    new HotlaneError('HL4001', { params: { service: 'shop', how: 'exit code 3' }, output: 'no route' }),
    new PortInUse(8080, { service: 'shop', holder: 'another program', output: 'EADDRINUSE' }),
  ])('is of the same class and tells the same: $code', (error) => {
    const there = carried(error)
    expect(there).toBeInstanceOf(error.constructor)
    expect(reportError(there)).toEqual(reportError(error))
  })

  it('keeps the stack of a fault', () => {
    const fault = new TypeError('no such instance')
    expect(carried(fault)).toMatchObject({ message: 'no such instance', stack: fault.stack })
    expect(carried('thrown text')).toMatchObject({ message: 'thrown text' })
  })

  it('becomes the reason of the signal on this side where the call was cut', () => {
    const [here, there] = [new AbortController(), new AbortController()]
    const reason = new Error('superseded')
    here.abort(reason)
    there.abort()
    expect(unpack(carry(there.signal.reason, there.signal), here.signal)).toBe(reason)
  })
})

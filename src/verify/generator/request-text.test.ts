import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadStep } from '../../model/verify.ts'
import type { Wire } from '../../support/wire/wire.ts'
import { RequestText } from './request-text.ts'

const plan = {
  target: { host: 'shop', port: 80, tls: false, authority: 'shop' },
  steps: [],
  headers: { accept: '*/*' },
  pace: { kind: 'closed', durationMs: 1 },
  connections: 1,
  newConnections: 0,
  maxRequests: 1,
  run: 'run',
  idHeader: 'x-id',
  releaseHeader: 'x-release',
} as const

describe('the text of a request', () => {
  it('is what was asked for, with its number as id', () => {
    const text = new RequestText(
      loadStep({ path: '/a?b', method: 'POST', body: { kind: 'text', text: '{"é":1}' } }),
      plan,
    )
    expect(Buffer.from(text.of(12, true), 'latin1').toString()).toBe(
      'POST /a?b HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\naccept: */*\r\ncontent-length: 8\r\n' +
        'x-id: run-12\r\nconnection: close\r\n\r\n{"é":1}',
    )
  })

  it('is sent as such, and stays what it was for as long as it waits', () => {
    const requests = fc.array(fc.record({ n: fc.nat(2_000_000), fresh: fc.boolean(), waits: fc.boolean() }))
    fc.assert(
      fc.property(requests, (all) => {
        const text = new RequestText(loadStep({ path: '/' }), plan)
        const sent = all.map(({ n, fresh, waits }) => {
          const expected = text.of(n, fresh)
          const { bytes, taken } = sendOver(text, { n, fresh, waits })
          expect(taken).toBe(expected)
          return { bytes, waits, expected }
        })
        for (const { bytes, expected } of sent.filter(({ waits }) => waits)) {
          expect(bytes?.toString('latin1')).toBe(expected)
        }
      }),
    )
  })
})

interface Sending {
  readonly n: number
  readonly fresh: boolean
  /** Whether the system does not take it at once. */
  readonly waits: boolean
}

function sendOver(
  text: RequestText,
  { n, fresh, waits }: Sending,
): { bytes: Buffer | undefined; taken: string | undefined } {
  let bytes: Buffer | undefined
  let taken: string | undefined
  const wire = {
    get writableLength() {
      return waits ? (bytes?.length ?? 0) : 0
    },
    write: (given: Buffer) => {
      bytes = given
      taken = given.toString('latin1')
      return !waits
    },
  }
  text.send(wire as unknown as Wire, n, fresh)
  return { bytes, taken }
}

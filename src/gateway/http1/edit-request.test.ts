import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { fieldOf, fieldsOf } from '../headers.ts'
import { editRequest, forwardingOf } from './edit-request.ts'
import { flatFields } from './field-lines.ts'
import { Identifiers } from './identifiers.ts'
import { RequestHead } from './request-head.ts'
import { Slab } from './slab.ts'

const slab = new Slab()
const passage = {
  peer: '10.0.0.9',
  scheme: 'http' as const,
  told: forwardingOf('10.0.0.9', 'http'),
  fallbackHost: 'f:1',
  identifiers: new Identifiers(),
}

/** The fields that the origin gets; the head comes in the pieces that `cuts` make of it. */
function edited(lines: readonly string[], { trusted = false, pieces = 1 } = {}): string[] {
  const bytes = Buffer.from(`GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  const head = new RequestHead()
  head.renew(trusted)
  let progress = 'more'
  for (let piece = 1; piece <= pieces; piece++)
    progress = head.parse(bytes, 0, Math.ceil((bytes.length * piece) / pieces))
  expect(head.fault).toBeUndefined()
  expect(progress).toBe('done')
  const edit = { passage, method: 'GET', slab, single: false, body: bytes, bodyStart: 0, bodyEnd: 0 }
  const out = editRequest(head, bytes, 0, edit)
  expect(out.toString('latin1', out.length - 4)).toBe('\r\n\r\n')
  return flatFields(out, 0, out.indexOf('\n') + 1)
}

test('fields that belong to the message keep order, case and repetition, in whatever pieces they come', () => {
  const name = fc.stringMatching(/^X-[A-Za-z]{1,6}$/).filter((text) => !/^x-(?:forw|req)/i.test(text))
  const value = fc.stringMatching(/^[!-~\u0080-\u00ff]{0,20}$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), fc.integer({ min: 1, max: 60 }), (pairs, pieces) => {
      const lines = ['Host: h', ...pairs.map(([key, text]) => `${key}: ${text}`)]
      expect(edited(lines, { pieces }).slice(0, lines.length * 2)).toEqual(['Host', 'h', ...pairs.flat()])
    }),
  )
})

test('a trusted peer is believed, and added to the chain', () => {
  const lines = [
    'Host: h',
    'X-Forwarded-For: 1.1.1.1',
    'x-forwarded-for: 2.2.2.2',
    'X-Forwarded-Proto: https',
    'Forwarded: for=1.1.1.1',
  ]
  const told = edited(lines, { trusted: true })
  expect(fieldsOf(told, 'x-forwarded-for')).toEqual(['1.1.1.1, 2.2.2.2, 10.0.0.9'])
  expect(fieldsOf(told, 'x-forwarded-proto')).toEqual(['https'])
  expect(fieldsOf(told, 'x-forwarded-host')).toEqual(['h'])
  expect(fieldsOf(told, 'forwarded')).toEqual(['for=1.1.1.1'])
})

test('TE passes only as far as it is true for the gateway', () => {
  expect(fieldsOf(edited(['Host: h', 'TE: gzip, trailers']), 'te')).toEqual(['trailers'])
  expect(fieldsOf(edited(['Host: h', 'TE: gzip']), 'te')).toEqual([])
})

test('a trace begins here, with an identifier of its own for each request', () => {
  const [one, two] = [edited(['Host: h']), edited(['Host: h'])]
  const parent = fieldOf(one, 'traceparent') ?? ''
  expect(parent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(fieldOf(one, 'x-request-id')).toBe(parent.slice(3, 35))
  expect(fieldOf(two, 'traceparent')).not.toBe(parent)
})

const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

test('a trace that is well formed is continued, and so is an identifier of the request', () => {
  const told = edited(['Host: h', `TraceParent: ${good}`, 'tracestate: a=1', 'X-Request-ID: mine'])
  expect(fieldsOf(told, 'traceparent')).toEqual([good])
  expect(fieldsOf(told, 'tracestate')).toEqual(['a=1'])
  expect(fieldsOf(told, 'x-request-id')).toEqual(['mine'])
})

test.each([
  good.toUpperCase(),
  good.replace('00-', 'ff-'),
  `${good}-x`,
  good.slice(0, -1),
  good.replace(/[0-9a-f]{32}/, '0'.repeat(32)),
  good.replace(/-[0-9a-f]{16}-/, `-${'0'.repeat(16)}-`),
])('%s is no trace: it is begun anew, without its state', (parent) => {
  const told = edited(['tracestate: a=1', 'Host: h', `traceparent: ${parent}`, 'X-Stays: 1'])
  expect(fieldsOf(told, 'traceparent')).toHaveLength(1)
  expect(fieldOf(told, 'traceparent')).not.toBe(parent)
  expect(fieldsOf(told, 'tracestate')).toEqual([])
  expect(fieldsOf(told, 'x-stays')).toEqual(['1'])
})

test('a later version of a trace may say more', () => {
  const later = `${good.replace('00-', 'cc-')}-what-comes`
  expect(fieldOf(edited(['Host: h', `traceparent: ${later}`]), 'traceparent')).toBe(later)
})

test.each(['a b', 'x'.repeat(200), 'quote"'])(
  'an identifier of a request that could break a log (%j) is replaced',
  (id) => {
    expect(fieldOf(edited(['Host: h', `X-Request-Id: ${id}`]), 'x-request-id')).toMatch(/^[0-9a-f]{32}$/)
  },
)

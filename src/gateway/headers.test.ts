import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { answerHeaders, fieldsOf, requestHeaders } from './headers.ts'

const passage = { peer: '10.0.0.9', trusted: false, upgrade: false, fallbackHost: 'f:1', lengthZero: false }

test('fields that belong to the message keep order, case and repetition', () => {
  const name = fc.stringMatching(/^X-[A-Za-z]{1,6}$/).filter((text) => !/^x-forw/i.test(text))
  const pair = fc.tuple(name, fc.string())
  fc.assert(
    fc.property(fc.array(pair), (pairs) => {
      const raw = pairs.flat()
      expect(answerHeaders(raw, { chunkable: true, status: 200 })).toEqual(raw)
      expect(requestHeaders(['Host', 'h', ...raw], passage).slice(0, raw.length + 2)).toEqual(['Host', 'h', ...raw])
    }),
  )
})

test('a trusted peer is believed, and added to the chain', () => {
  const raw = [
    'Host',
    'h',
    'X-Forwarded-For',
    '1.1.1.1',
    'x-forwarded-for',
    '2.2.2.2',
    'X-Forwarded-Proto',
    'https',
    'Forwarded',
    'for=1.1.1.1',
  ]
  const told = requestHeaders(raw, { ...passage, trusted: true })
  expect(fieldsOf(told, 'x-forwarded-for')).toEqual(['1.1.1.1, 2.2.2.2, 10.0.0.9'])
  expect(fieldsOf(told, 'x-forwarded-proto')).toEqual(['https'])
  expect(fieldsOf(told, 'x-forwarded-host')).toEqual(['h'])
  expect(fieldsOf(told, 'forwarded')).toEqual(['for=1.1.1.1'])
})

test('426 keeps what it is about', () => {
  const raw = ['Upgrade', 'TLS/1.0', 'Connection', 'Upgrade', 'Keep-Alive', 'timeout=1']
  expect(answerHeaders(raw, { chunkable: true, status: 426 })).toEqual(['Upgrade', 'TLS/1.0', 'Connection', 'Upgrade'])
  expect(answerHeaders(raw, { chunkable: true, status: 200 })).toEqual([])
})

test('TE passes only as far as it is true for the gateway', () => {
  expect(fieldsOf(requestHeaders(['Host', 'h', 'TE', 'gzip, trailers'], passage), 'te')).toEqual(['trailers'])
})

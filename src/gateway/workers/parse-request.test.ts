import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { parseRequest } from './parse-request.ts'
import { parseRecord } from './record.ts'

it.each([
  [{ id: 1, verb: 'hello', protocol: 1 }],
  [{ id: 2, verb: 'install', table: { entries: [] } }],
  [{ id: 3, verb: 'bind', address: { host: 'a', port: 0, tls: { certificate: 'x' } } }],
  [{ id: 4, verb: 'bind', address: { host: 'a', port: 0 }, port: 8080 }],
  [{ id: 5, verb: 'drain', target: 'a', limits: { requestsMs: 1, streamsMs: 0 } }],
  [{ id: 6, verb: 'spawn', argv: ['node'], spec: { id: 'a', directory: '/', sockets: [] } }],
])('%j is a request', (request) => {
  expect(parseRequest(JSON.stringify(request))).toEqual(request)
})

it.each([
  ['nothing', ''],
  ['no object', '"hello"'],
  ['no verb', '{"id":1}'],
  ['a strange verb', '{"id":1,"verb":"toString"}'],
  ['no id', '{"verb":"read"}'],
  ['a negative time', '{"id":1,"verb":"retire","graceMs":-1}'],
  ['a table without entries', '{"id":1,"verb":"install","table":{}}'],
  ['an address without a host', '{"id":1,"verb":"shut","address":{"port":1}}'],
  ['words that are none', '{"id":1,"verb":"spawn","argv":[1],"spec":{"id":"a","directory":"/","sockets":[]}}'],
])('%s is none', (_name, line) => {
  expect(() => parseRequest(line)).toThrow(Error)
})

it('takes a record of a process, and nothing that could name another file or a group', () => {
  expect(parseRecord('{"id":"ab-1","pid":7,"startTime":"9"}')).toEqual({ id: 'ab-1', pid: 7, startTime: '9' })
  expect(parseRecord('{"id":"../a","pid":7}')).toBeUndefined()
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string(), fc.constant('{"id":"a","pid":1}')), (text) => {
      expect(parseRecord(text)).toBeUndefined()
    }),
  )
})

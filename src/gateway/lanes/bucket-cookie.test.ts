import { expect, test } from 'vitest'

import { laneRequest } from '../../../test/gateway/lane-request.ts'
import { bucketLine, keptBucket } from './bucket-cookie.ts'

test.each([
  ['/', '/'],
  ['/shop', '/shop'],
  ['/shop/', '/shop'],
  ['/a;b', '/'],
  ['/a\r\nX: 1', '/'],
])('of the route %j the cookie is for %j', (route, path) =>
  expect(bucketLine(7, route, laneRequest({}))).toBe(
    `Set-Cookie: hotlane-bucket=7; Path=${path}; HttpOnly; SameSite=Lax\r\n`,
  ),
)

test.each([
  ['X-Forwarded-Proto: https', true],
  ['X-Forwarded-Proto: HTTPS, http', true],
  ['X-Forwarded-Proto: http', false],
  ['X-Forwarded-Proto: httpsx', false],
])('with %s it is for TLS only: %s', (line, secure) =>
  expect(bucketLine(7, '/', laneRequest({ lines: [line] })).includes('; Secure\r\n')).toBe(secure),
)

test('what is set is what is read', () => {
  for (const bucket of [0, 7, 10, 9999]) {
    const [pair = ''] = bucketLine(bucket, '/', laneRequest({})).slice('Set-Cookie: '.length).split(';')
    expect(keptBucket(laneRequest({ lines: [`Cookie: ${pair}`] }))).toBe(bucket)
  }
})

import { describe, expect, it } from 'vitest'

import { targetShape } from './target-shape.ts'
import { isSafeTarget } from './safe-target.ts'
import { isSecretName, isSecretText } from './secret.ts'

describe('names', () => {
  const secret =
    'authorization Cookie set-cookie proxy-authorization x-api-key apiKey api_key X-Auth access_token csrfToken client-secret ' +
    'password passwd sessionid PHPSESSION x-amz-signature sig key accessKey code jwt x-amz-credential otp'
  it.each(secret.split(' '))('%s is one of a secret', (name) => expect(isSecretName(name)).toBe(true))

  it.each(['accept', 'page', 'monkey', 'design', 'author', 'country_codes', 'keyboard', 'q', 'sort-by', 'spinner', ''])(
    '%s is not',
    (name) => expect(isSecretName(name)).toBe(false),
  )
})

describe('texts', () => {
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'
  it.each([jwt, '0123456789abcdef0123456789abcdef', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'])(
    '%s may be one',
    (text) => expect(isSecretText(text)).toBe(true),
  )

  it.each(['42', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'how-to-move-traffic-without-losing-a-request', ''])(
    '%s is none',
    (text) => expect(isSecretText(text)).toBe(false),
  )
})

describe('a target', () => {
  const settings = { requests: 10, redact: ['customer'], ignore: ['/admin/', '/pay'] }
  it.each([
    ['/', true],
    ['/orders/42?page=2&sort=name', true],
    ['/payments', true],
    ['/pay', false],
    ['/pay/now', false],
    ['/admin/?x', false],
    ['/admin/users', false],
    ['/admin?x', true],
    ['/orders?customer=7', false],
    ['/orders?Customer=7', false],
    ['/orders?access%5Ftoken=7', false],
    ['/orders?next=0123456789abcdef0123456789abcdef', false],
    ['/reset/0123456789abcdef0123456789abcdef', false],
    ['/reset/%65yJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', false],
    ['/broken/%zz', true],
    ['http://shop.test/', false],
    [`/${'a'.repeat(3000)}`, false],
  ])('%s is kept: %s', (target, expected) => expect(isSafeTarget(target, settings)).toBe(expected))
})

it.each([
  ['/orders', '/orders'],
  ['/orders/42', '/orders/{}'],
  ['/orders/42/lines/7?b=2&a=1&a=2', '/orders/{}/lines/{}?a&b'],
  ['/users/3f2504e0-4f89-41d3-9a0c-0305e82c3301', '/users/{}'],
  ['/days/2026-11-22', '/days/{}'],
  ['/a/deadbeef', '/a/{}'],
  ['/v1/items', '/v1/items'],
  ['/files/report-2026-of-november.pdf', '/files/{}'],
  ['/?', '/?'],
])('the shape of %s is %s', (target, shape) => expect(targetShape(target)).toBe(shape))

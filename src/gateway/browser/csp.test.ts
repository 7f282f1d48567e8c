import { expect, test } from 'vitest'

import { licenceOf } from './csp.ts'

const allowed = { kind: 'allowed' }

test.each([
  [[], allowed],
  [["img-src 'none'"], allowed],
  [["default-src 'self'"], allowed],
  [["default-src 'self'; script-src 'nonce-abc='"], { kind: 'allowed', nonce: 'abc=' }],
  [["SCRIPT-SRC 'Nonce-Ab/c'"], { kind: 'allowed', nonce: 'Ab/c' }],
  [["script-src 'none'; script-src-elem 'self'"], allowed],
  [["script-src 'self' 'strict-dynamic'"], { kind: 'forbidden', by: 'script-src' }],
  [["default-src 'none'"], { kind: 'forbidden', by: 'default-src' }],
  [["script-src 'sha256-x'"], { kind: 'forbidden', by: 'script-src' }],
  [["script-src 'self'; connect-src https://api.test"], { kind: 'forbidden', by: 'connect-src' }],
  [["script-src 'self', script-src 'none'"], { kind: 'forbidden', by: 'script-src' }],
  [["default-src 'self'", "script-src 'nonce-x'"], { kind: 'allowed', nonce: 'x' }],
  [['sandbox allow-forms'], { kind: 'forbidden', by: 'sandbox' }],
  [['sandbox allow-scripts'], allowed],
])('%j', (values, expected) => expect(licenceOf(values)).toEqual(expected))

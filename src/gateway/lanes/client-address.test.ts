import { expect, test } from 'vitest'

import { laneRequest, type Asking } from '../../../test/gateway/lane-request.ts'
import { trustOf } from '../peer.ts'
import { clientAddress } from './client-address.ts'

const trusts = trustOf(['10.0.0.0/8', 'fd00::/8'])
const through = (chain: string, trusted = true): Asking => ({
  peer: '10.0.0.1',
  trusted,
  lines: [`X-Forwarded-For: ${chain}`],
})

test.each([
  ['of nobody in between', { peer: '192.0.2.7' }, '192.0.2.7'],
  ['of who is not believed', through('203.0.113.9, 10.0.0.1', false), '10.0.0.1'],
  ['before one proxy', through('203.0.113.9, 10.0.0.1'), '203.0.113.9'],
  ['before two proxies', through('203.0.113.9, 10.0.0.2, 10.0.0.1'), '203.0.113.9'],
  ['that was made up is passed over', through('198.51.100.1, 203.0.113.9, 10.0.0.1'), '203.0.113.9'],
  ['with a port', through('203.0.113.9:4711, 10.0.0.1'), '203.0.113.9'],
  ['of IPv6 with a port', through('[2001:db8::1]:4711, [fd00::2]:80, 10.0.0.1'), '2001:db8::1'],
  ['that is none', through('unknown, 10.0.0.1'), 'unknown'],
  ['of a proxy alone', through('10.0.0.1'), '10.0.0.1'],
])('the address %s', (_name, asking, expected) => expect(clientAddress(laneRequest(asking), trusts)).toBe(expected))

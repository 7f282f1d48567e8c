import assert from 'node:assert/strict'

import type { GatewayBehaviour } from './behaviour.ts'
import { statusOf } from './peer.ts'

const bad: Readonly<Record<string, string>> = {
  'Content-Length with Transfer-Encoding':
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'two different Content-Lengths': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
  'a malformed Content-Length': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3x\r\n\r\nabc',
  'white space before a colon': 'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
  'no Host': 'GET / HTTP/1.1\r\nX: 1\r\n\r\n',
  'two Hosts': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'a folded field': 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n',
  'a control character in a field': 'GET / HTTP/1.1\r\nHost: a\r\nX: \u0001\r\n\r\n',
  'a bare CR in a field': 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n',
  'a coding after chunked': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n',
}

/** What could be understood here in one way and by the app in another never reaches the app. */
export const malformedBehaviours: readonly GatewayBehaviour[] = Object.entries(bad).map(([what, bytes]) => ({
  name: `${what} is rejected with 400`,
  run: async (stage) => {
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const client = await stage.client()
    client.send(bytes)
    assert.equal(statusOf(await client.head()), 400)
    assert.equal(origin.connections(), 0)
  },
}))

// Proves that the loss client sees what it is there to see: each kind of loss is made on purpose and must be recorded.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { freePort } from './support/ports.mjs'
import { startLossClient } from './support/loss-client.mjs'
import { runScript } from './support/script.mjs'

const enough = 40

/** What the server does with a request, and what must be in the ledger afterwards. */
const cases = {
  'every answer is well': {
    answer: (response) => tell(response, 1),
    expect: (ledger) => {
      assert.equal(ledger.failures.length, 0)
      assert.equal(ledger.backwards.length, 0)
      assert.ok(ledger.connectionsOpened < ledger.served, 'half of the workers keep their connection')
    },
  },
  'the connection is reset before the head': {
    answer: (response) => response.socket.resetAndDestroy(),
    expect: (ledger) => everyFailureIs(ledger, 'reset'),
  },
  'the body is cut': {
    answer: (response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"ver', () => response.socket.destroy())
    },
    expect: (ledger) => everyFailureIs(ledger, 'reset'),
  },
  'the answer is 502': {
    answer: (response) => response.writeHead(502).end('bad gateway'),
    expect: (ledger) => everyFailureIs(ledger, 'status'),
  },
  'the answer tells no version': {
    answer: (response) => response.end('hello'),
    expect: (ledger) => everyFailureIs(ledger, 'unreadable'),
  },
  'there is no answer': {
    answer: () => undefined,
    timeoutMs: 20,
    expect: (ledger) => everyFailureIs(ledger, 'timeout'),
  },
  'every tenth answer comes from the old version': {
    answer: (response, count) => tell(response, count > 10 && count % 10 === 0 ? 1 : 2),
    expect: (ledger) => {
      assert.equal(ledger.failures.length, 0)
      assert.ok(ledger.backwards.length >= 2)
    },
  },
  'one switch, old answers to requests that began before it': {
    answer: (response, count) => tell(response, count > 10 ? 2 : 1),
    expect: (ledger) => {
      assert.equal(ledger.backwards.length, 0)
      assert.deepEqual([...ledger.firstSeen.keys()], [1, 2])
    },
  },
}

await runScript(async ({ signal }) => {
  for (const [name, { answer, expect, timeoutMs = 5000 }] of Object.entries(cases)) {
    let count = 0
    const server = http.createServer((_, response) => answer(response, ++count)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    expect(await watchLoss(server.address().port, timeoutMs, signal))
    server.closeAllConnections()
    server.close()
    console.log(`seen: ${name}`)
  }
  everyFailureIs(await watchLoss(await freePort(), 5000, signal), 'refused')
  console.log('seen: nobody listens')
})

async function watchLoss(port, timeoutMs, signal) {
  const client = startLossClient({ url: `http://127.0.0.1:${port}/`, perSecond: 400, timeoutMs })
  await client.ledger.sawRequests(enough, signal)
  await client.stop()
  return client.ledger
}

function tell(response, version) {
  response.end(JSON.stringify({ version }))
}

function everyFailureIs(ledger, kind) {
  assert.equal(ledger.served, 0)
  assert.ok(ledger.failures.length >= enough)
  assert.deepEqual([...new Set(ledger.failures.map((failure) => failure.kind))], [kind])
}

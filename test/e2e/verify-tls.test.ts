import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { selfSigned } from '../../src/gateway/tls/self-signed.ts'
import { workspace } from './support/hotlane.ts'
import { verify } from './support/verify.ts'

/** Answers by the release that its switch has made of it, and keeps count of connections. */
async function secureServer() {
  const { cert, key } = selfSigned(new Date(), 1)
  let release = 1
  const executed: string[] = []
  const server = createServer({ cert, key }, (request, response) => {
    const id = request.headers['x-hotlane-verify-id']
    if (request.url === '/deploy') release++
    else if (request.url === '/__ledger') return response.end(executed.join('\n'))
    else if (typeof id === 'string') executed.push(id)
    response.setHeader('x-hotlane-release', String(release))
    if (request.url !== '/stream') return request.resume().on('end', () => response.end('x'.repeat(100_000)))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    return response.write('data: 1\n\n')
  })
  const sockets = new WebSocketServer({ server, path: '/echo' })
  sockets.on('connection', (socket) => socket.on('message', (message: Buffer) => socket.send(message.toString())))
  let connections = 0
  server.on('secureConnection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    cert,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('a service behind TLS', () => {
  it('is verified like any other: requests, uploads, streams, releases and ledger', async () => {
    await using server = await secureServer()
    await using made = await workspace({
      'deploy.mjs': "import { get } from 'node:https'\nget(process.argv[2], { rejectUnauthorized: false })\n",
      'hotlane.yaml': `verify:
  rate: 100
  newConnections: 20%
  connections: 4
  ledger: /__ledger
  mix:
    - { path: /, weight: 8 }
    - { path: /, method: POST, upload: { pieces: 3, bytes: 1000, every: 10ms }, weight: 1 }
    - { path: /stream, kind: sse }
    - { path: /echo, kind: websocket, send: { text: 'tick {n}', every: 50ms, expect: echo } }
`,
    })
    const words = ['--before', '500ms', '--after', '500ms', '--during', `node deploy.mjs ${server.url}deploy`]
    const { code, report } = await verify([server.url, ...words], made.directory)
    expect(report.losses).toEqual([])
    expect(report.lost).toBe(0)
    expect(report.ledger).toMatchObject({ neverExecuted: 0, twice: 0, unrecorded: 0 })
    expect(report.releases.map(({ release }) => release)).toEqual(['1', '2'])
    expect(report.switches.map(({ release }) => release)).toEqual(['2'])
    expect(report.streams).toMatchObject([
      { kind: 'sse', cut: 0 },
      { kind: 'websocket', cut: 0, answered: report.streams[1]?.sent },
    ])
    expect(report.streams[1]?.sent).toBeGreaterThan(4)
    // Kept connections are kept: those that were opened are the new ones, the kept ones, the streams and few besides.
    expect(server.connections()).toBeLessThan((report.phases[0]?.requests ?? 0) / 2)
    expect(code).toBe(0)
  })
})

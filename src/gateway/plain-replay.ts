import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

import { hasBody } from './framing.ts'
import { fieldOf, fields } from './headers.ts'

/**
 * Whether an `Upgrade` is better ignored, as a server may (RFC 9110 section 7.8): `h2c` would tie the connection to one
 * instance for good (and RFC 9113 has removed it), and node parses no body after a head with `Upgrade`.
 */
export function ignoresUpgrade(request: IncomingMessage): boolean {
  const protocols = (fieldOf(request.rawHeaders, 'upgrade') ?? '').split(',')
  return hasBody(request) || protocols.some((protocol) => protocol.trim().toLowerCase() === 'h2c')
}

/** Gives a request back to the server without its `Upgrade`, on the same connection, as if it had come like that. */
export function replayPlain(server: Server, request: IncomingMessage, socket: Socket, rest: Buffer): void {
  const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}`]
  for (const [name, value] of fields(request.rawHeaders)) {
    const key = name.toLowerCase()
    if (key === 'connection') lines.push(`${name}: ${withoutUpgrade(value)}`)
    else if (key !== 'upgrade' && key !== 'http2-settings') lines.push(`${name}: ${value}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]))
  server.emit('connection', socket)
}

function withoutUpgrade(connection: string): string {
  const tokens = connection.split(',').filter((token) => !/^\s*(upgrade|http2-settings)\s*$/i.test(token))
  return tokens.length === 0 ? 'keep-alive' : tokens.join(',').trim()
}

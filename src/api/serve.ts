import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HotlaneError } from '../support/errors.ts'
import { apiListener } from './listener.ts'
import type { Session } from './session.ts'
import { bears } from './token.ts'

/** Serves the control API (`docs/reference/api.md`) on a local socket, for this user only. */
export async function serveApi(socket: string, session: Session): Promise<AsyncDisposable> {
  // The session holds the project's lock, so a socket file that is there has no owner any more.
  if (!isPipe(socket)) await rm(socket, { force: true })
  const server = createServer(apiListener(session, () => true))
  server.listen(socket)
  await once(server, 'listening')
  if (!isPipe(socket)) await chmod(socket, 0o600)
  return { [Symbol.asyncDispose]: () => close(server) }
}

/** Where the API listens besides its socket: an address of this machine, and the token that every request has to bear. */
export interface ApiAddress {
  readonly host: string
  readonly port: number
  readonly token: string
}

/**
 * Serves the control API at an address as well. Port 0 is resolved in `url`.
 * @throws HotlaneError HL7008 (not of this machine alone), HL5001
 */
export async function serveApiAt(
  { host, port, token }: ApiAddress,
  session: Session,
): Promise<AsyncDisposable & { readonly url: string }> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  if (!isLoopback(host)) throw new HotlaneError('HL7008', { params: { address } })
  const server = createServer(apiListener(session, (request) => bears(request, token)))
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HotlaneError('HL5001', { params: { address, reason }, cause })
  }
  const bound = server.address() as AddressInfo
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    [Symbol.asyncDispose]: () => close(server),
  }
}

/** 127.0.0.0/8 (RFC 1122, section 3.2.1.3), ::1 (RFC 4291, section 2.5.3), localhost (RFC 6761, section 6.3). */
function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Named pipes of Windows have no file to remove or to guard. */
function isPipe(socket: string): boolean {
  return socket.startsWith('\\\\')
}

async function close(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

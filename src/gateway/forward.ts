import { request as sendRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import { deliver, type Delivery } from './deliver.ts'
import { hasBody, isFramed } from './framing.ts'
import { fieldOf, fields, requestHeaders } from './headers.ts'
import { headLimitBytes } from './limits.ts'
import { splice } from './splice.ts'

/** How an attempt ended without an answer. Whichever is called, the claim has been released. */
export interface Attempt extends Delivery {
  readonly trusted: boolean
  readonly peer: string
  /** No connection came about, so nothing was sent: the request may wait or go elsewhere. */
  readonly refused: () => void
  /** A kept connection was closed before any byte of an answer, and the request may be repeated. */
  readonly stale: () => void
  /** The origin failed after it may have seen the request. */
  readonly failed: (reason: string) => void
}

/** Methods whose repetition changes nothing (RFC 9110 section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])
/** Methods for which node would make up a chunked body where the client framed none. */
const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** Sends a request to the origin that was claimed for it. The body is not touched before there is a connection. */
export function forward(attempt: Attempt): void {
  const { exchange, claim } = attempt
  const { request } = exchange
  const upstream = open(attempt)
  let bytesBefore = -1
  let settled = false

  const begin = (socket: Socket): void => {
    bytesBefore = socket.bytesRead
    sendBody(request, upstream)
  }
  const fail = (error: Error): void => {
    if (settled) return
    settled = true
    if (exchange.over) return claim.release()
    const silent = upstream.socket !== null && upstream.socket.bytesRead === bytesBefore
    request.unpipe(upstream)
    claim.release()
    if (bytesBefore === -1) attempt.refused()
    else if (upstream.reusedSocket && silent) attempt.stale()
    else attempt.failed(error.message)
  }

  claim.end = () => {
    settled = true
    exchange.cut()
    upstream.destroy()
    claim.release()
  }
  exchange.gone = () => {
    settled = true
    upstream.destroy()
    claim.release()
  }
  upstream.on('error', fail)
  upstream.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => begin(socket))
    else begin(socket)
  })
  upstream.on('continue', () => {
    if (request.httpVersion !== '1.0' && !exchange.response.headersSent) exchange.response.writeContinue()
  })
  upstream.on('information', ({ statusCode, statusMessage, rawHeaders }) => {
    if (statusCode !== 100) passInterim(attempt, statusCode, statusMessage, rawHeaders)
  })
  upstream.once('response', (answer) => {
    // Three digits below 100 parse, but are no status (RFC 9110 section 15).
    if ((answer.statusCode ?? 0) < 100) return upstream.destroy(new Error('it answered with an invalid status'))
    settled = true
    return deliver(answer, upstream, attempt)
  })
  upstream.once('upgrade', (answer, socket, head) => {
    if (exchange.upgrade === undefined) {
      socket.destroy()
      return fail(new Error('it switched protocols without being asked'))
    }
    settled = true
    return splice({ answer, head, upstream: socket }, attempt)
  })
}

function open({ exchange, claim, trusted, peer }: Attempt): ClientRequest {
  const { request, upgrade } = exchange
  const { origin } = claim
  const { host, port } = origin.target
  const method = request.method ?? 'GET'
  const repeatable = !hasBody(request) && idempotent.has(method)
  const upstream = sendRequest({
    host,
    port,
    method,
    path: request.url ?? '/',
    agent: repeatable && !exchange.fresh && upgrade === undefined ? origin.pool : origin.single,
    setHost: false,
    maxHeaderSize: headLimitBytes,
    insecureHTTPParser: false,
    headers: requestHeaders(request.rawHeaders, {
      peer,
      trusted,
      upgrade: upgrade !== undefined,
      fallbackHost: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      lengthZero: !bodyless.has(method) && !isFramed(request),
    }),
  })
  upstream.maxHeadersCount = 0
  return upstream
}

/** Streams the body as it comes; node's pipe stops reading the client while the origin does not take more. */
function sendBody(request: IncomingMessage, upstream: ClientRequest): void {
  if (!hasBody(request)) {
    upstream.end()
    return
  }
  upstream.flushHeaders()
  request.pipe(upstream, { end: false })
  request.once('end', () => {
    const trailers = [...fields(request.rawTrailers)].map(([name, value]) => [name, value] as [string, string])
    if (trailers.length > 0 && fieldOf(request.rawHeaders, 'transfer-encoding') !== undefined)
      upstream.addTrailers(trailers)
    upstream.end()
  })
}

/** An interim answer (103 and others) is written by hand: node has no call that keeps the fields as they are. */
function passInterim({ exchange }: Attempt, status: number, message: string, raw: readonly string[]): void {
  const { request, response } = exchange
  // A response that waits for its turn behind an earlier one has no socket yet; interim answers may be left out.
  if (request.httpVersion === '1.0' || response.headersSent || response.socket === null) return
  const lines = [...fields(raw)].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  response.socket.write(`HTTP/1.1 ${status} ${message}\r\n${lines}\r\n`, 'latin1')
}

import type { OwnAnswer } from './answer.ts'
import { connectionLines } from './connection-lines.ts'
import type { Exchange } from './exchange.ts'

const unavailable = 14

/** gRPC's own table from statuses of HTTP to statuses of calls (grpc/doc/http-grpc-status-mapping.md). */
const callStatus: Readonly<Record<OwnAnswer['status'], number>> = {
  400: 13,
  404: 12,
  408: 2,
  414: 13,
  431: 13,
  501: 2,
  502: unavailable,
  503: unavailable,
  505: 2,
}

/**
 * Answers a call of gRPC in an app's stead: an answer of nothing but a status, as its protocol over HTTP/2 has it
 * (grpc/doc/PROTOCOL-HTTP2.md, "Trailers-Only"). It is counted by its status of HTTP.
 */
export function answerCall(exchange: Exchange, { status, why }: OwnAnswer): void {
  exchange.countAnswer(status)
  const lines = statusLines(callStatus[status], why)
  exchange.send(
    Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\n${lines}Transfer-Encoding: chunked\r\n` +
        `${connectionLines(exchange)}\r\n0\r\n\r\n`,
    ),
  )
  exchange.end()
}

/** Ends a call so that its client tries again elsewhere, instead of seeing a stream that is reset. */
export function endCall(exchange: Exchange): void {
  const { upstream, origin, answered, chunked } = exchange
  // The trailer section can only stand behind a whole chunk: streams of an origin are passed on in such.
  if (answered && !(chunked && origin?.multiplexed === true)) return exchange.cut()
  exchange.upstream = undefined
  upstream?.abandon()
  const why = 'this instance has been replaced by another one'
  if (answered) {
    exchange.send(Buffer.from(`0\r\n${statusLines(unavailable, why)}\r\n`))
    return exchange.end()
  }
  exchange.countLost()
  exchange.release()
  answerCall(exchange, { status: 503, why })
}

/** Octets of the message beyond printable ASCII are escaped (PROTOCOL-HTTP2.md, "Percent-Encoded"). */
function statusLines(code: number, why: string): string {
  const message = why.replace(/[^\x20-\x24\x26-\x7e]/gu, (text) =>
    [...Buffer.from(text)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
  return `grpc-status: ${code}\r\ngrpc-message: ${message}\r\n`
}

import type { Exchange } from './exchange.ts'

/** One request, when it is over. */
export interface AccessRecord {
  /** When its head was read, in milliseconds since 1970. */
  readonly at: number
  readonly service: string | undefined
  readonly lane: string | undefined
  readonly release: number | undefined
  /** The instance that had it last. */
  readonly target: string | undefined
  readonly peer: string
  readonly method: string
  readonly host: string | undefined
  /** As sent, with its query. */
  readonly path: string
  /** 0 where the client got no answer. */
  readonly status: number
  /** The answer reached its end. */
  readonly complete: boolean
  /** From the head to the last byte of the answer, in milliseconds. */
  readonly ms: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly traceId: string | undefined
  readonly requestId: string | undefined
}

export interface AccessLog {
  /** Share of requests that are told, 0 to 1; those that were cut, got no answer or a 5xx are told always. */
  readonly sample: number
  /** Must not throw, and return at once. */
  write(record: AccessRecord): void
}

const traceparent = /\r\ntraceparent: *[0-9a-f]{2}-([0-9a-f]{32})-/i
const requestId = /\r\nx-request-id: *([^\r]*)/i

/** Tells a request to the log, if it is among those that are told. */
export function logAccess(log: AccessLog, exchange: Exchange): void {
  const { status, complete, entry, lane } = exchange
  const failed = status === 0 || status >= 500 || !complete
  if (!failed && Math.random() >= log.sample) return
  const ms = performance.now() - exchange.startedAt
  // What the origin got, so that its logs and this one name the same identifiers.
  const head = exchange.outgoing.toString('latin1', 0, exchange.outgoing.indexOf('\r\n\r\n'))
  log.write({
    at: Date.now() - ms,
    service: entry?.service,
    lane: lane?.name,
    release: exchange.releaseNumber,
    target: exchange.instance,
    peer: exchange.client.peer,
    method: exchange.method,
    host: exchange.host,
    path: exchange.target,
    status,
    complete,
    ms,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    traceId: traceparent.exec(head)?.[1],
    requestId: requestId.exec(head)?.[1],
  })
}

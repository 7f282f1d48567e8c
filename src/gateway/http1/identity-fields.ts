import { copyOctets } from './copy.ts'
import type { Identifiers } from './identifiers.ts'
import type { RequestHead } from './request-head.ts'

const zeros = (count: number): string => '0'.repeat(count)
/**
 * A trace that begins here is marked as sampled: samplers that follow their parent, the default of OpenTelemetry's SDKs,
 * would otherwise record nothing at all.
 */
const trace = Buffer.from(`\r\ntraceparent: 00-${zeros(32)}-${zeros(16)}-01`)
const request = Buffer.from(`\r\nX-Request-Id: ${zeros(32)}`)
const traceIdAt = 18
const parentIdAt = 51
const requestIdAt = 16
const traceIdOctets = 16

/** Room that `writeEnd` may need. */
export const endLength = trace.length + request.length + 4

/** Ends the line that is open, adds `traceparent` (W3C Trace Context) and `X-Request-Id` where the client sent none, and ends the head. */
export function writeEnd(out: Buffer, at: number, head: RequestHead, identifiers: Identifiers): number {
  let to = at
  let traceId = -1
  if (!head.traced) {
    copyOctets(trace, 0, trace.length, out, to)
    traceId = to + traceIdAt
    identifiers.write(out, traceId, traceIdOctets)
    identifiers.write(out, to + parentIdAt, 8)
    to += trace.length
  }
  if (!head.named) {
    copyOctets(request, 0, request.length, out, to)
    // One identifier for both where both begin here, so that logs and traces find each other.
    if (traceId === -1) identifiers.write(out, to + requestIdAt, traceIdOctets)
    else copyOctets(out, traceId, traceId + 2 * traceIdOctets, out, to + requestIdAt)
    to += request.length
  }
  out[to++] = 0x0d
  out[to++] = 0x0a
  out[to++] = 0x0d
  out[to++] = 0x0a
  return to
}

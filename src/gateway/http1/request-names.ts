import { Names } from './names.ts'

/** Fields of requests that mean something to a gateway. */
export const requestField = {
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  requestId: 4,
  traceparent: 5,
  tracestate: 6,
  forwarded: 7,
  connection: 8,
  upgrade: 9,
  te: 10,
  forwardedFor: 11,
  forwardedProto: 12,
  forwardedHost: 13,
  ofOneHop: 14,
} as const

export const requestNames = new Names({
  host: requestField.host,
  'content-length': requestField.contentLength,
  'transfer-encoding': requestField.transferEncoding,
  'x-request-id': requestField.requestId,
  traceparent: requestField.traceparent,
  tracestate: requestField.tracestate,
  forwarded: requestField.forwarded,
  connection: requestField.connection,
  upgrade: requestField.upgrade,
  te: requestField.te,
  'x-forwarded-for': requestField.forwardedFor,
  'x-forwarded-proto': requestField.forwardedProto,
  'x-forwarded-host': requestField.forwardedHost,
  'keep-alive': requestField.ofOneHop,
  'proxy-authenticate': requestField.ofOneHop,
  'proxy-authorization': requestField.ofOneHop,
  'proxy-connection': requestField.ofOneHop,
})

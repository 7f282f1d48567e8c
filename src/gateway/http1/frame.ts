import type { Body } from './body.ts'
import type { RequestHead } from './request-head.ts'
import type { ResponseHead } from './response-head.ts'

/** Where the body of a request ends (RFC 9112 section 6.3): without framing it has none. */
export function frameRequest(body: Body, { framing }: RequestHead): void {
  if (framing.chunked) body.chunked()
  else body.sized(Math.max(0, framing.length))
}

/** Where the body of a final answer ends (RFC 9112 section 6.3). `method` is that of the request. */
export function frameAnswer(body: Body, { status, framing }: ResponseHead, method: string): void {
  if (method === 'HEAD' || status === 204 || status === 304) body.sized(0)
  else if (framing.chunked) body.chunked()
  else if (framing.length !== -1) body.sized(framing.length)
  else body.untilClose()
}

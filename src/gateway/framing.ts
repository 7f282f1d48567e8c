import type { IncomingMessage } from 'node:http'

import { fieldOf } from './headers.ts'

/** Whether a request's head says how long its body is, if only that it is empty (RFC 9112 section 6). */
export function isFramed({ rawHeaders }: IncomingMessage): boolean {
  return fieldOf(rawHeaders, 'transfer-encoding') !== undefined || fieldOf(rawHeaders, 'content-length') !== undefined
}

export function hasBody(request: IncomingMessage): boolean {
  return isFramed(request) && fieldOf(request.rawHeaders, 'content-length') !== '0'
}

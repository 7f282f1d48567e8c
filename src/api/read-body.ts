import type { IncomingMessage } from 'node:http'
import { HotlaneError } from '../support/errors.ts'

/** No request of the API needs more, in bytes. */
const limitBytes = 64 * 1024

/** The JSON value of a request's body; `{}` where there is none. @throws HotlaneError HL7004 */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > limitBytes) throw refused(`the body is longer than ${limitBytes} bytes`)
    chunks.push(chunk)
  }
  if (bytes === 0) return {}
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (cause) {
    throw refused('the body is no JSON', cause)
  }
}

function refused(what: string, cause?: unknown): HotlaneError {
  return new HotlaneError('HL7004', { params: { what }, cause })
}

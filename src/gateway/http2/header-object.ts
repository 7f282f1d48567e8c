import type { OutgoingHttpHeaders } from 'node:http2'

import { fields } from '../headers.ts'

/** Fields that frame a message of HTTP/1.1 and mean nothing in HTTP/2 (RFC 9113 section 8.2.2). */
const framing: ReadonlySet<string> = new Set(['transfer-encoding', 'trailer', 'connection', 'keep-alive', 'upgrade'])

/**
 * A flat list of fields as node takes it. Repeated ones are joined, which says the same (RFC 9110 section 5.3), but for
 * `Set-Cookie`; a length that is repeated is the same each time, for else it would not have been read.
 */
export function headerObject(flat: readonly string[]): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  for (const [key, value] of fields(flat)) {
    const name = key.toLowerCase()
    if (framing.has(name)) continue
    const known = headers[name]
    if (known === undefined) headers[name] = name === 'set-cookie' ? [value] : value
    else if (Array.isArray(known)) known.push(value)
    else if (name !== 'content-length') headers[name] = `${known}, ${value}`
  }
  return headers
}

/** Lines of a trailer section, without their ends, as node takes them. */
export function trailerObject(lines: readonly string[]): OutgoingHttpHeaders {
  return headerObject(
    lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
}

import { badMessage, type Fault } from '../http1/fault.ts'

/** A head of HTTP/2 as one of HTTP/1.1. */
export interface RequestText {
  readonly method: string
  /** Start line and fields, with the empty line. */
  readonly text: string
  /** The body has to come in chunks, for its length is not known. */
  readonly chunked: boolean
}

/** Fields of one connection are malformed in HTTP/2 (RFC 9113 section 8.2.2). */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** Octets that would end a line or a part of the start line. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const breaksTarget = /[\u0000-\u0020\u007f]/
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const breaksLine = /[\u0000\r\n]/

/**
 * The request that a stream begins, in the form that all requests are read in; whatever else is wrong with it is found
 * there. `fields` is flat: name, value, name, value, pseudo-header fields first (RFC 9113 section 8.3.1).
 */
export function requestText(fields: readonly string[], hasBody: boolean): RequestText | Fault {
  const pseudo = new Map<string, string>()
  const cookies: string[] = []
  let host: string | undefined
  let lines = ''
  let sized = false
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] ?? ''
    const value = fields[index + 1] ?? ''
    if (breaksTarget.test(name) || breaksLine.test(value)) return badMessage('a control character in a field')
    if (name.startsWith(':')) pseudo.set(name, value)
    else if (ofConnection.has(name)) return badMessage(`the field ${name} in HTTP/2`)
    else if (name === 'cookie') cookies.push(value)
    else if (name === 'host') host = value
    else {
      sized ||= name === 'content-length'
      lines += `${name}: ${value}\r\n`
    }
  }
  const method = pseudo.get(':method') ?? ''
  const authority = pseudo.get(':authority') ?? host
  const target = method === 'CONNECT' ? authority : pseudo.get(':path')
  if (target === undefined || breaksTarget.test(target) || breaksTarget.test(method))
    return badMessage('an invalid target')
  // Two names for where it goes could be understood in two ways (RFC 9113 section 8.3.1).
  if (host !== undefined && authority !== host) return badMessage('a Host that is not the :authority')
  if (authority !== undefined) lines = `host: ${authority}\r\n${lines}`
  // Clients may send one line for each cookie; HTTP/1.1 knows one line only (RFC 9113 section 8.2.3).
  if (cookies.length > 0) lines += `cookie: ${cookies.join('; ')}\r\n`
  const chunked = hasBody && !sized
  if (chunked) lines += 'transfer-encoding: chunked\r\n'
  // The answer is the only one of its stream.
  return { method, text: `${method} ${target} HTTP/1.1\r\n${lines}connection: close\r\n\r\n`, chunked }
}

/** Trailer fields as lines; those of HTTP/2 alone are left out. */
export function trailerLines(fields: readonly string[]): string {
  let lines = ''
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] ?? ''
    const value = fields[index + 1] ?? ''
    if (!name.startsWith(':') && !breaksTarget.test(name) && !breaksLine.test(value)) lines += `${name}: ${value}\r\n`
  }
  return lines
}

/**
 * What a proxy does to header fields and no more: fields of one hop are removed, forwarding is told (RFC 9110 section 7.6).
 * Field lists are flat as node's `rawHeaders`: name, value, name, value, in the order and case of the sender.
 */

const ofOneHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'upgrade',
])

/** Fields that decide where a message ends or goes: naming them in `Connection` must not remove them. */
const neverRemoved: ReadonlySet<string> = new Set(['content-length', 'host', 'transfer-encoding'])

const forwarding: ReadonlySet<string> = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])

export interface RequestPassage {
  /** Address of the peer on this hop. */
  readonly peer: string
  /** Whether what the peer says about earlier hops is believed. */
  readonly trusted: boolean
  /** Keep `Upgrade`, and say so in `Connection`. */
  readonly upgrade: boolean
  /** Used where the client sent no `Host` (HTTP/1.0). */
  readonly fallbackHost: string
  /** The method may carry a body but the request has none: say so, so that no chunked framing is made up. */
  readonly lengthZero: boolean
}

/** The fields that the origin gets. */
export function requestHeaders(raw: readonly string[], passage: RequestPassage): string[] {
  const named = namedByConnection(raw)
  const headers: string[] = []
  for (const [name, value] of fields(raw)) {
    const key = name.toLowerCase()
    if (key === 'te' && /\btrailers\b/i.test(value)) headers.push(name, 'trailers')
    else if (key === 'upgrade' && passage.upgrade) headers.push(name, value)
    else if (isDropped(key, named)) continue
    else if (!forwarding.has(key) || (passage.trusted && key === 'forwarded')) headers.push(name, value)
  }
  const host = fieldOf(raw, 'host')
  if (host === undefined) headers.push('Host', passage.fallbackHost)
  if (passage.upgrade) headers.push('Connection', 'Upgrade')
  if (passage.lengthZero) headers.push('Content-Length', '0')
  pushForwarding(headers, raw, passage)
  return headers
}

export interface AnswerPassage {
  /** HTTP/1.0 knows no chunked coding. */
  readonly chunkable: boolean
  /** Names in lower case that a change of the body has made wrong. */
  readonly without?: ReadonlySet<string>
  readonly status: number
}

/** The fields that the client gets. */
export function answerHeaders(raw: readonly string[], passage: AnswerPassage): string[] {
  const named = namedByConnection(raw)
  const headers: string[] = []
  for (const [name, value] of fields(raw)) {
    const key = name.toLowerCase()
    if (passage.without?.has(key) === true || (key === 'transfer-encoding' && !passage.chunkable)) continue
    // 101 and 426 are about the next protocol, and mean nothing without these two (RFC 9110 sections 15.2.2, 15.5.22).
    const aboutUpgrade = key === 'upgrade' && (passage.status === 101 || passage.status === 426)
    if (aboutUpgrade) headers.push(name, value, 'Connection', 'Upgrade')
    else if (!isDropped(key, named)) headers.push(name, value)
  }
  return headers
}

/** The first value of a field, by name in lower case. */
export function fieldOf(raw: readonly string[], name: string): string | undefined {
  return fieldsOf(raw, name)[0]
}

/** All values of a field, by name in lower case. */
export function fieldsOf(raw: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (const [key, value] of fields(raw))
    if (key.length === name.length && key.toLowerCase() === name) values.push(value)
  return values
}

/** Name and value pairs of a flat list. */
export function* fields(raw: readonly string[]): Generator<readonly [string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? '']
}

function pushForwarding(headers: string[], raw: readonly string[], passage: RequestPassage): void {
  const earlier = (name: string): readonly string[] => (passage.trusted ? fieldsOf(raw, name) : [])
  headers.push('X-Forwarded-For', [...earlier('x-forwarded-for'), passage.peer].join(', '))
  headers.push('X-Forwarded-Proto', earlier('x-forwarded-proto')[0] ?? 'http')
  const host = earlier('x-forwarded-host')[0] ?? fieldOf(raw, 'host')
  if (host !== undefined) headers.push('X-Forwarded-Host', host)
}

function namedByConnection(raw: readonly string[]): ReadonlySet<string> {
  const tokens = fieldsOf(raw, 'connection').flatMap((value) => value.split(','))
  return new Set(tokens.map((token) => token.trim().toLowerCase()))
}

function isDropped(key: string, named: ReadonlySet<string>): boolean {
  return ofOneHop.has(key) || (named.has(key) && !neverRemoved.has(key))
}

import { copyOctets } from './copy.ts'
import { copyUncut } from './cuts.ts'
import { endLength, writeEnd } from './identity-fields.ts'
import type { Identifiers } from './identifiers.ts'
import { presenceOf } from './presence.ts'
import type { RequestHead } from './request-head.ts'
import type { Slab } from './slab.ts'
import { writeText } from './write-text.ts'

/** What the gateway says to the origin about the hop before it; the same for all requests of a connection. */
export interface RequestPassage {
  /** Address of the peer on this hop. */
  readonly peer: string
  /** What the peer spoke with this gateway. */
  readonly scheme: 'http' | 'https'
  /** Forwarding fields for a peer that says nothing, up to the value of `X-Forwarded-Host`. */
  readonly told: string
  /** Used where the client sent no `Host` (HTTP/1.0). */
  readonly fallbackHost: string
  readonly identifiers: Identifiers
}

export interface RequestEdit {
  readonly passage: RequestPassage
  readonly method: string
  readonly slab: Slab
  /** The connection to the origin carries no further request. */
  readonly single: boolean
  /** Octets of the body that are there already, and go on with the head; not always in the buffer of the head. */
  readonly body: Buffer
  readonly bodyStart: number
  readonly bodyEnd: number
}

/** Methods that have no body unless they say so; for others an absent length is told as zero. */
const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** Bits of the names that a request may get here. */
export const addedNames = presenceOf(
  'Connection',
  'Content-Length',
  'Host',
  'TE',
  'Upgrade',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Request-Id',
  'traceparent',
)

/** The forwarding fields of `RequestPassage.told`. */
export function forwardingOf(peer: string, scheme: 'http' | 'https'): string {
  return `X-Forwarded-For: ${peer}\r\nX-Forwarded-Proto: ${scheme}\r\nX-Forwarded-Host: `
}

/**
 * The head as the origin gets it, in a buffer of its own: the same lines but for those that were cut, behind them what a
 * proxy adds (RFC 9110 section 7.6), then the octets of the body that are there.
 */
export function editRequest(head: RequestHead, bytes: Buffer, base: number, edit: RequestEdit): Buffer {
  const before = rareLines(head, bytes, base, edit)
  const { told } = edit.passage
  const believed = head.forwardedFor.length + head.forwardedProto.length + head.forwardedHost.length > 0
  const plain = !believed && head.hostStart !== -1
  const lines = plain ? told : forwardingLines(head, bytes, base, edit.passage)
  const hostEnd = plain ? head.hostEnd : 0
  const hostStart = plain ? head.hostStart : 0
  const bodyLength = edit.bodyEnd - edit.bodyStart
  const room = head.length + before.length + lines.length + hostEnd - hostStart + endLength + bodyLength
  const out = edit.slab.room(room)
  const { start } = edit.slab
  let at = copyUncut(bytes, base, { from: head.methodStart, to: head.length - 2, cuts: head.cuts, out, at: start })
  // The version is the gateway's own (RFC 9110 section 2.5).
  if (head.minor === 0) out[start + head.targetEnd - head.methodStart + 8] = 0x31
  if (before !== '') at += writeText(before, out, at)
  at += writeText(lines, out, at)
  if (hostEnd > hostStart) at += copyOctets(bytes, base + hostStart, base + hostEnd, out, at)
  at = writeEnd(out, at, head, edit.passage.identifiers)
  if (bodyLength > 0) at += copyOctets(edit.body, edit.bodyStart, edit.bodyEnd, out, at)
  return edit.slab.taken(out, at)
}

/** Lines that few requests need. */
function rareLines(head: RequestHead, bytes: Buffer, base: number, { passage, method, single }: RequestEdit): string {
  let lines = ''
  if (head.upgrades) {
    const protocol = bytes.toString('latin1', base + head.upgradeStart, base + head.upgradeEnd)
    lines = `Upgrade: ${protocol}\r\nConnection: Upgrade\r\n`
  } else if (single) lines = 'Connection: close\r\n'
  if (head.takesTrailers) lines += 'TE: trailers\r\n'
  if (head.hostStart === -1) lines += `Host: ${passage.fallbackHost}\r\n`
  if (!head.framed && method !== 'GET' && !bodyless.has(method)) lines += 'Content-Length: 0\r\n'
  return lines
}

/** Without the end of the last line. */
function forwardingLines(head: RequestHead, bytes: Buffer, base: number, { peer, scheme }: RequestPassage): string {
  const values = (spans: readonly number[]): string[] => {
    const texts: string[] = []
    for (let index = 0; index < spans.length; index += 2)
      texts.push(bytes.toString('latin1', base + (spans[index] ?? 0), base + (spans[index + 1] ?? 0)))
    return texts
  }
  const own = head.hostStart === -1 ? [] : values([head.hostStart, head.hostEnd])
  const host = [...values(head.forwardedHost), ...own][0]
  const proto = values(head.forwardedProto)[0] ?? scheme
  const lines = `X-Forwarded-For: ${[...values(head.forwardedFor), peer].join(', ')}\r\nX-Forwarded-Proto: ${proto}`
  return host === undefined ? lines : `${lines}\r\nX-Forwarded-Host: ${host}`
}

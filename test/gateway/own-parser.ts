import { Body } from '../../src/gateway/http1/body.ts'
import type { ChunkSink } from '../../src/gateway/http1/chunks.ts'
import { editRequest, forwardingOf } from '../../src/gateway/http1/edit-request.ts'
import { frameAnswer, frameRequest } from '../../src/gateway/http1/frame.ts'
import { Identifiers } from '../../src/gateway/http1/identifiers.ts'
import { RequestHead } from '../../src/gateway/http1/request-head.ts'
import { ResponseHead } from '../../src/gateway/http1/response-head.ts'
import { Slab } from '../../src/gateway/http1/slab.ts'
import type { Kind, Reading, Understood } from './llhttp.ts'

export interface OwnReading extends Reading {
  /** What an origin would get of each request, in the order of `messages`. */
  readonly forwarded: readonly Buffer[]
}

const identifiers = new Identifiers()
const slab = new Slab()
const passage = {
  peer: '10.0.0.1',
  scheme: 'http' as const,
  told: forwardingOf('10.0.0.1', 'http'),
  fallbackHost: 'fallback',
  identifiers,
}

class Collector implements ChunkSink {
  text = ''
  data(bytes: Buffer, start: number, end: number): void {
    this.text += bytes.toString('latin1', start, end)
  }
}

/** Reads a stream of messages with the gateway's parser, up to the end of the connection. */
export function readWithOwn(kind: Kind, bytes: Buffer): OwnReading {
  const messages: Understood[] = []
  const forwarded: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    const head = kind === 'request' ? new RequestHead() : new ResponseHead()
    const progress = head.parse(bytes, at, bytes.length)
    if (progress !== 'done') return { messages, forwarded, rejected: progress === 'fault' || !isEmpty(bytes, at) }
    const body = new Body()
    const collector = new Collector()
    const from = at + head.length
    let start: string
    let last = false
    if (head instanceof RequestHead) {
      frameRequest(body, head)
      start = bytes.toString('latin1', at + head.methodStart, at + head.targetEnd)
      // Answered with 501, and nothing behind it is read.
      if (start.startsWith('CONNECT ')) return { messages, forwarded, rejected: true }
      last = head.upgrades
    } else {
      if (head.status < 200) body.sized(0)
      else frameAnswer(body, head, 'GET')
      start = String(head.status)
      last = head.status === 101
    }
    const behind = body.read(bytes, from, bytes.length, collector)
    if (body.faulty || !(body.done || body.endsWithConnection)) return { messages, forwarded, rejected: true }
    messages.push({ start, body: collector.text })
    if (head instanceof RequestHead) {
      const method = start.slice(0, start.indexOf(' '))
      const edit = { passage, method, slab, single: false, body: bytes, bodyStart: from, bodyEnd: behind }
      forwarded.push(editRequest(head, bytes, at, edit))
    }
    at = behind
    if (last) break
  }
  return { messages, forwarded, rejected: false }
}

/** Only line ends are left, which a server skips before a request. */
function isEmpty(bytes: Buffer, at: number): boolean {
  return /^(?:\r\n)*$/.test(bytes.toString('latin1', at))
}

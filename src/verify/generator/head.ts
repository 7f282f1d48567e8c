import { KnownHead, viewOf } from './known-head.ts'

/** What the head of an answer says to a client (RFC 9112 sections 2 to 6, RFC 9110 section 15). */
export interface AnswerHead {
  readonly status: number
  /** Whether another request may follow on the connection. */
  readonly keeps: boolean
  readonly chunked: boolean
  /** Length of the body; undefined where it is chunked or lasts until the connection ends. */
  readonly length: number | undefined
  /** The value of the field that tells the release; empty where it is absent. */
  readonly release: string
  /** Value of Sec-WebSocket-Accept, for a handshake (RFC 6455 section 4.1). */
  readonly accept: string
}

/** What a head ends with (RFC 9112 section 2.1). */
export const headEnd = '\r\n\r\n'

const remembered = 256

/**
 * Reads heads. Equal heads, of which a service sends thousands a second that differ by the date at most, are read once.
 */
export class HeadParser {
  readonly #releaseHeader: string
  readonly #known = new Map<string, KnownHead>()
  #last: KnownHead | undefined
  #bytes: Buffer = Buffer.alloc(0)
  #view = viewOf(this.#bytes)

  /** `releaseHeader` in lower case. */
  constructor(releaseHeader: string) {
    this.#releaseHeader = releaseHeader
  }

  /** The head that was read last, where the bytes from `at` to `end` begin with the very same one. */
  again(bytes: Buffer, at: number, end: number): KnownHead | undefined {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = viewOf(bytes)
    }
    return this.#last?.isAt(this.#view, at, end) === true ? this.#last : undefined
  }

  /** A head with its final empty line; undefined where it is none. */
  parse(bytes: Buffer): AnswerHead | undefined {
    const text = bytes.toString('latin1')
    const known = this.#known.get(text) ?? this.#learn(text, bytes)
    this.#last = known
    return known?.head
  }

  #learn(text: string, bytes: Buffer): KnownHead | undefined {
    const head = this.#read(text.slice(0, -headEnd.length))
    if (head === undefined) return undefined
    if (this.#known.size >= remembered) this.#known.clear()
    const known = new KnownHead(head, bytes)
    this.#known.set(text, known)
    return known
  }

  #read(text: string): AnswerHead | undefined {
    const [first = '', ...lines] = text.split('\r\n')
    const status = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first)
    if (status === null) return undefined
    const fields = new Map<string, string>()
    for (const line of lines) {
      const colon = line.indexOf(':')
      if (colon < 1) return undefined
      const name = line.slice(0, colon).toLowerCase()
      const value = line.slice(colon + 1).trim()
      const earlier = fields.get(name)
      fields.set(name, earlier === undefined ? value : `${earlier}, ${value}`)
    }
    const chunked = /(^|,)\s*chunked\s*$/i.test(fields.get('transfer-encoding') ?? '')
    const length = lengthOf(fields.get('content-length'))
    if (length === 'wrong') return undefined
    const connection = fields.get('connection') ?? ''
    return {
      status: Number(status[2]),
      keeps: status[1] === '1' ? !/\bclose\b/i.test(connection) : /\bkeep-alive\b/i.test(connection),
      chunked,
      length: chunked ? undefined : length,
      release: fields.get(this.#releaseHeader) ?? '',
      accept: fields.get('sec-websocket-accept') ?? '',
    }
  }
}

function lengthOf(text: string | undefined): number | undefined | 'wrong' {
  if (text === undefined) return undefined
  // The same length told twice is allowed (RFC 9110 section 8.6).
  const [first, ...more] = text.split(',').map((part) => part.trim())
  if (first === undefined || !/^\d+$/.test(first) || more.some((part) => part !== first)) return 'wrong'
  return Number(first)
}

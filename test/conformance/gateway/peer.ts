import { once } from 'node:events'
import type { Socket } from 'node:net'

/** A message as it was on the wire. */
export interface Message {
  readonly startLine: string
  /** Name and value, in the order and case of the wire. */
  readonly fields: readonly (readonly [string, string])[]
  /** The body without its framing. */
  readonly body: Buffer
  readonly trailers: readonly (readonly [string, string])[]
}

/** One end of a connection, read as far as the test asks and no further. */
export class Peer {
  readonly socket: Socket
  /** Resolves when the connection is gone, in whatever way. */
  readonly closed: Promise<void>
  #buffered = Buffer.alloc(0)
  #ended = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => undefined)
    socket.pause()
    socket.once('end', () => (this.#ended = true))
    this.closed = new Promise((resolve) => void socket.once('close', () => resolve()))
    void this.closed.then(() => (this.#ended = true))
  }

  send(...parts: readonly (string | Uint8Array)[]): void {
    this.socket.write(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))))
  }

  /** The head and body of a request or an answer. `bodyless` for an answer to HEAD. */
  async message(options: { readonly bodyless?: boolean } = {}): Promise<Message> {
    const head = await this.head()
    const value = (name: string): string | undefined => valueOf(head, name)
    const status = Number(/^HTTP\/1\.\d (\d+)/.exec(head.startLine)?.[1] ?? 0)
    const request = status === 0
    const none = options.bodyless === true || status === 204 || status === 304 || (status >= 100 && status < 200)
    if (none) return head
    if (/chunked/i.test(value('transfer-encoding') ?? '')) return { ...head, ...(await this.#chunked()) }
    const length = value('content-length')
    if (length !== undefined) return { ...head, body: await this.exactly(Number(length)) }
    return request ? head : { ...head, body: await this.rest() }
  }

  async head(): Promise<Message> {
    const [startLine = '', ...lines] = (await this.until('\r\n\r\n')).toString('latin1').slice(0, -4).split('\r\n')
    return { startLine, fields: lines.map(fieldOfLine), body: Buffer.alloc(0), trailers: [] }
  }

  /** One chunk of a chunked body; empty at the last. */
  async chunk(): Promise<Buffer> {
    const size = Number.parseInt((await this.until('\r\n')).toString(), 16)
    const data = await this.exactly(size)
    if (size > 0) await this.exactly(2)
    return data
  }

  async until(mark: string): Promise<Buffer> {
    for (;;) {
      const at = this.#buffered.indexOf(mark)
      if (at !== -1) return this.#take(at + mark.length)
      if (!(await this.#more())) throw new Error(`the connection ended before ${JSON.stringify(mark)}: ${this.#text()}`)
    }
  }

  async exactly(size: number): Promise<Buffer> {
    while (this.#buffered.length < size) {
      if (!(await this.#more())) throw new Error(`the connection ended before ${size} bytes: ${this.#text()}`)
    }
    return this.#take(size)
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<Buffer> {
    while (await this.#more());
    return this.#take(this.#buffered.length)
  }

  async #chunked(): Promise<Pick<Message, 'body' | 'trailers'>> {
    const parts: Buffer[] = []
    for (let part = await this.chunk(); part.length > 0; part = await this.chunk()) parts.push(part)
    const trailers: (readonly [string, string])[] = []
    for (;;) {
      const line = (await this.until('\r\n')).toString('latin1').slice(0, -2)
      if (line === '') return { body: Buffer.concat(parts), trailers }
      trailers.push(fieldOfLine(line))
    }
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const data: unknown = this.socket.read()
      if (Buffer.isBuffer(data)) {
        this.#buffered = Buffer.concat([this.#buffered, data])
        return true
      }
      if (this.#ended) return false
      const waiting = new AbortController()
      const options = { signal: waiting.signal }
      const ready = [once(this.socket, 'readable', options), once(this.socket, 'end', options), this.closed]
      await Promise.race(ready.map((one) => one.catch(() => undefined)))
      waiting.abort()
    }
  }

  #take(size: number): Buffer {
    const taken = this.#buffered.subarray(0, size)
    this.#buffered = this.#buffered.subarray(size)
    return taken
  }

  #text(): string {
    return JSON.stringify(this.#buffered.subarray(0, 500).toString('latin1'))
  }
}

/** The first value of a field; the name in lower case. */
export function valueOf(message: Message, name: string): string | undefined {
  return message.fields.find(([key]) => key.toLowerCase() === name)?.[1]
}

export function valuesOf(message: Message, name: string): readonly string[] {
  return message.fields.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

export function statusOf(message: Message): number {
  return Number(message.startLine.split(' ')[1])
}

function fieldOfLine(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

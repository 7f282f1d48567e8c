import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2'

import { Body } from '../http1/body.ts'
import type { ChunkSink } from '../http1/chunks.ts'
import { flatFields } from '../http1/field-lines.ts'
import { chunkOf } from '../recoding.ts'
import type { Wire } from '../../support/wire/wire.ts'
import type { WireEnds } from '../wire-ends.ts'
import { answerText } from './answer-text.ts'
import { headerObject, trailerObject } from './header-object.ts'
import { trailerLines } from './request-text.ts'

export interface OriginStreamOptions {
  readonly ends: WireEnds
  /** Named where the request names no host. */
  readonly authority: string
  /** Why the connection was lost, if it was. */
  readonly why: () => string | undefined
  /** It is closed. */
  readonly over: () => void
}

/**
 * A stream to an origin as a connection that carries one request: octets of the request are taken apart into header fields,
 * data and trailer fields, and the answer is given to the reader of HTTP/1.1.
 */
export class OriginStream implements Wire, ChunkSink {
  readonly #session: ClientHttp2Session
  readonly #options: OriginStreamOptions
  readonly #body = new Body()
  #stream: ClientHttp2Stream | undefined
  #method = ''
  #more = true
  #over = false
  #refused = false
  /** The whole answer has come. */
  #answered = false
  #trailers = ''
  #chunked = false

  constructor(session: ClientHttp2Session, options: OriginStreamOptions) {
    this.#session = session
    this.#options = options
    // Whoever asked for it gets it before he hears of it.
    if (session.connecting) session.once('connect', this.#connected).once('close', this.#lost)
    else process.nextTick(this.#connected)
  }

  get writable(): boolean {
    return this.#stream?.writable === true
  }

  get writableEnded(): boolean {
    return this.#stream?.writableEnded === true
  }

  get writableLength(): number {
    return this.#stream?.writableLength ?? 0
  }

  get writableNeedDrain(): boolean {
    return this.#stream?.writableNeedDrain === true
  }

  get readableEnded(): boolean {
    return this.#stream?.readableEnded === true
  }

  get destroyed(): boolean {
    return this.#over
  }

  write(bytes: Buffer): boolean {
    if (this.#over) return true
    this.#more = true
    let at = 0
    if (this.#stream === undefined) {
      at = bytes.indexOf('\r\n\r\n') + 4
      this.#stream = this.#request(bytes.subarray(0, at))
    }
    if (!this.#body.done && at < bytes.length) {
      this.#body.read(bytes, at, bytes.length, this)
      if (this.#body.done) this.#stream?.end()
    }
    return this.#more
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.#more = this.#stream?.write(bytes.subarray(start, end)) !== false && this.#more
  }

  pause(): void {
    this.#stream?.pause()
  }

  resume(): void {
    this.#stream?.resume()
  }

  /** Only upgraded connections are ended by half, and a stream is none. */
  end(): void {
    this.destroy()
  }

  destroy(): void {
    const stream = this.#stream
    this.#finish()
    // Of what was answered before all of it was sent, the rest is not wanted (RFC 9113 section 8.1).
    stream?.close(this.#answered ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL)
  }

  destroySoon(): void {
    this.destroy()
  }

  once(_event: 'close', listener: () => void): void {
    this.#stream?.once('close', listener)
  }

  readonly #connected = (): void => {
    if (this.#over) return
    this.#session.off('close', this.#lost)
    if (this.#session.destroyed) this.#lost()
    else this.#options.ends.connected()
  }

  /** It never came to a stream, or the stream is gone before its time. */
  readonly #lost = (): void => {
    if (this.#over) return
    const { ends, why } = this.#options
    const code = this.#stream?.rstCode ?? 0
    const untouched = this.#refused || code === constants.NGHTTP2_REFUSED_STREAM
    const reason = why() ?? (code === 0 ? 'closed' : `it reset the stream with code ${code}`)
    this.#finish()
    ends.failed(reason, untouched)
    ends.closed()
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#session.off('connect', this.#connected).off('close', this.#lost)
    this.#options.over()
  }

  #request(head: Buffer): ClientHttp2Stream | undefined {
    const line = head.indexOf('\r\n')
    const [method = '', target = ''] = head.toString('latin1', 0, line).split(' ')
    this.#method = method
    const { host, ...headers } = headerObject(flatFields(head, 0, line + 2))
    this.#frame(head, headers['content-length'])
    const path = target.replace(/^https?:\/\/[^/?]*(?=([/?]?))/i, (_whole, next: string) => (next === '/' ? '' : '/'))
    const pseudo = {
      ':method': method,
      ':path': path,
      ':scheme': 'http',
      ':authority': host ?? this.#options.authority,
    }
    try {
      const stream = this.#session.request(
        { ...pseudo, ...headers },
        { endStream: this.#body.done, waitForTrailers: this.#body.hasTrailerSection },
      )
      this.#listen(stream)
      return stream
    } catch {
      // The connection was lost between the choice of it and this, so nothing was sent.
      this.#refused = true
      process.nextTick(this.#lost)
      return undefined
    }
  }

  /** The head was made by this gateway: only one of both fields is there, and in a form that can be read. */
  #frame(head: Buffer, length: unknown): void {
    if (/\r\ntransfer-encoding:/i.test(head.toString('latin1'))) this.#body.chunked()
    else this.#body.sized(Number(length ?? 0))
  }

  #listen(stream: ClientHttp2Stream): void {
    const { ends } = this.#options
    const read = (bytes: Buffer): void => {
      if (!this.#over) ends.read(bytes, bytes.length)
    }
    const readHead = (fields: readonly string[], flags: number): void => {
      const last = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      const { text, chunked } = answerText(fields, { method: this.#method, ends: last })
      this.#chunked = chunked
      if (last) this.#answered = true
      read(Buffer.from(text, 'latin1'))
    }
    stream.on('headers', (_headers: unknown, flags: number, fields: readonly string[] = []) => readHead(fields, flags))
    stream.on('response', (_headers: unknown, flags: number, fields: readonly string[] = []) => readHead(fields, flags))
    stream.on('trailers', (_headers: unknown, _flags: unknown, fields: readonly string[] = []) => {
      this.#trailers = trailerLines(fields)
    })
    stream.on('data', (bytes: Buffer) => {
      if (bytes.length > 0) read(this.#chunked ? chunkOf(bytes, 0, bytes.length) : bytes)
    })
    stream.on('end', () => {
      // A stream that was reset ends too, but not with all of its answer.
      if (this.#answered || this.#over || stream.rstCode !== constants.NGHTTP2_NO_ERROR) return
      this.#answered = true
      if (this.#chunked) read(Buffer.from(`0\r\n${this.#trailers}\r\n`, 'latin1'))
    })
    stream.on('drain', () => ends.drained())
    stream.on('wantTrailers', () => stream.sendTrailers(trailerObject(this.#body.trailers)))
    stream.on('error', () => undefined)
    stream.on('close', this.#lost)
  }
}

import { constants, type ServerHttp2Stream } from 'node:http2'

import type { ClientConnection } from '../client-connection.ts'
import { Body } from '../http1/body.ts'
import type { ChunkSink } from '../http1/chunks.ts'
import { uncutFields } from '../http1/edit-answer.ts'
import { frameAnswer } from '../http1/frame.ts'
import type { Plane } from '../plane.ts'
import { chunkOf } from '../recoding.ts'
import type { Wire } from '../../support/wire/wire.ts'
import { headerObject, trailerObject } from './header-object.ts'
import { brokenOff } from './limits.ts'
import { trailerLines } from './request-text.ts'

export interface StreamOptions {
  readonly plane: Plane
  /** It decides with the status whether an answer has a body. */
  readonly method: string
  /** The request's body goes to its reader in chunks. */
  readonly chunked: boolean
}

/**
 * A stream of a client as a connection that carries one request: its body is given to the reader of HTTP/1.1, and the
 * octets of the answer are taken apart into header fields, data and trailer fields.
 */
export class ClientStream implements Wire, ChunkSink {
  readonly #stream: ServerHttp2Stream
  readonly #plane: Plane
  readonly #method: string
  readonly #chunked: boolean
  readonly #body = new Body()
  #withinBody = false
  #waiting: Buffer[] | undefined
  #trailers = ''
  #more = true
  #complete = false

  constructor(stream: ServerHttp2Stream, { plane, method, chunked }: StreamOptions) {
    this.#stream = stream
    this.#plane = plane
    this.#method = method
    this.#chunked = chunked
    stream.on('wantTrailers', () => this.#sendTrailers())
  }

  /** From here on the request's body goes to its connection. */
  carry(connection: ClientConnection, hasBody: boolean): void {
    const stream = this.#stream
    const feed = (bytes: Buffer): void => connection.read(bytes, bytes.length)
    stream.on('drain', () => connection.drained())
    // What went wrong with a stream is told by its close.
    stream.on('error', () => undefined)
    stream.on('close', () => connection.closed())
    if (!hasBody) return void stream.resume()
    stream.on('trailers', (_headers: unknown, _flags: unknown, flat: readonly string[] = []) => {
      this.#trailers = trailerLines(flat)
    })
    stream.on('data', (bytes: Buffer) => {
      if (bytes.length > 0) feed(this.#chunked ? chunkOf(bytes, 0, bytes.length) : bytes)
    })
    stream.on('end', () => {
      // A stream that was reset ends too, but not with all of its body.
      if (this.#chunked && !stream.closed && !stream.aborted) feed(Buffer.from(`0\r\n${this.#trailers}\r\n`, 'latin1'))
    })
  }

  get writable(): boolean {
    return this.#stream.writable
  }

  get writableEnded(): boolean {
    return this.#stream.writableEnded
  }

  get writableLength(): number {
    return this.#stream.writableLength
  }

  get writableNeedDrain(): boolean {
    return this.#stream.writableNeedDrain
  }

  get readableEnded(): boolean {
    return this.#stream.readableEnded
  }

  get destroyed(): boolean {
    return this.#stream.destroyed
  }

  get localAddress(): string | undefined {
    return this.#stream.session?.socket.localAddress
  }

  get localPort(): number | undefined {
    return this.#stream.session?.socket.localPort
  }

  write(bytes: Buffer): boolean {
    if (this.#gone) return true
    this.#more = true
    let at = 0
    if (!this.#withinBody) at = this.#readHeads(bytes)
    if (this.#withinBody && !this.#complete) {
      this.#body.read(bytes, at, bytes.length, this)
      if (this.#body.done) this.#finish()
    }
    return this.#more
  }

  data(bytes: Buffer, start: number, end: number): void {
    const part = bytes.subarray(start, end)
    if (this.#waiting !== undefined) this.#waiting.push(part)
    else this.#more = this.#stream.write(part) && this.#more
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** What the client still sends is dropped. */
  end(): void {
    if (this.#gone) return
    this.#stream.resume()
    if (this.#withinBody && this.#body.endsWithConnection) this.#finish()
  }

  destroy(): void {
    if (!this.#gone) this.#stream.close(this.#complete ? constants.NGHTTP2_NO_ERROR : brokenOff)
  }

  destroySoon(): void {
    this.destroy()
  }

  once(_event: 'close', listener: () => void): void {
    this.#stream.once('close', listener)
  }

  get #gone(): boolean {
    return this.#stream.destroyed || this.#stream.closed
  }

  /** Interim answers, and the head of the last one; each comes whole. Returns where the body begins. */
  #readHeads(bytes: Buffer): number {
    let base = 0
    while (base < bytes.length && !this.#withinBody) {
      const head = this.#plane.takeResponseHead()
      const progress = head.parse(bytes, base, bytes.length)
      const headers = { ':status': head.status, ...headerObject(uncutFields(head, bytes, base)) }
      const at = base + head.length
      if (progress !== 'done') {
        this.destroy()
        base = bytes.length
      } else if (head.status < 200) {
        this.#stream.additionalHeaders(headers)
        base = at
      } else {
        frameAnswer(this.#body, head, this.#method)
        this.#withinBody = true
        this.#respond(headers, bytes, at)
        base = bytes.length
      }
      this.#plane.giveResponseHead(head)
    }
    return base
  }

  /** An answer without any data ends with its head, as gRPC expects of one that has nothing but a status. */
  #respond(headers: ReturnType<typeof headerObject>, bytes: Buffer, at: number): void {
    const waiting: Buffer[] = (this.#waiting = [])
    this.#body.read(bytes, at, bytes.length, this)
    this.#waiting = undefined
    const { done } = this.#body
    const endStream = done && waiting.length === 0 && this.#body.trailers.length === 0
    this.#stream.respond(headers, { endStream, waitForTrailers: !endStream && this.#body.hasTrailerSection })
    if (endStream) this.#complete = true
    for (const part of waiting) this.#more = this.#stream.write(part) && this.#more
    if (done && !endStream) this.#finish()
  }

  #finish(): void {
    this.#complete = true
    this.#stream.end()
  }

  #sendTrailers(): void {
    if (!this.#gone) this.#stream.sendTrailers(trailerObject(this.#body.trailers))
  }
}

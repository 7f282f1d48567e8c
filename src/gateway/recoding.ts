import type { Outflow } from './answer-reader.ts'
import { EventBoundary } from './event-boundary.ts'
import type { Exchange } from './exchange.ts'
import { lingerMs } from './limits.ts'

export interface RecodingOptions {
  /** The client gets chunks; otherwise bytes up to the end of the connection, or of a known length. */
  readonly chunk: boolean
  /** The body is an event stream, and is ended between two events if it has to be ended. */
  readonly isEvents: boolean
}

export const lastChunk = Buffer.from('0\r\n\r\n')

/** A body whose framing for the client is another than that of the origin. */
export class Recoding implements Outflow {
  readonly #exchange: Exchange
  readonly #chunk: boolean
  readonly #boundary: EventBoundary | undefined
  #timer: NodeJS.Timeout | undefined
  #ending = false

  constructor(exchange: Exchange, { chunk, isEvents }: RecodingOptions) {
    this.#exchange = exchange
    this.#chunk = chunk
    if (!isEvents) return
    this.#boundary = new EventBoundary()
    exchange.ending = () => this.#endEarly()
    exchange.gone = () => clearTimeout(this.#timer)
  }

  data(bytes: Buffer, start: number, end: number): void {
    const exchange = this.#exchange
    const upstream = exchange.upstream
    if (!exchange.send(this.#chunk ? chunkOf(bytes, start, end) : Buffer.from(bytes.subarray(start, end))))
      upstream?.pause()
    if (this.#boundary === undefined) return
    this.#boundary.consume(bytes.subarray(start, end))
    if (this.#ending && this.#boundary.atBoundary) this.#endWhole()
  }

  end(): void {
    if (this.#chunk) this.#exchange.send(lastChunk)
    this.#exchange.end()
  }

  /**
   * Ends as soon as the last event that was passed on is complete, so that the browser's EventSource connects again and
   * misses nothing but what it can ask for with `Last-Event-ID`; where that takes too long, cuts.
   */
  #endEarly(): void {
    if (this.#boundary?.atBoundary !== false) return this.#endWhole()
    this.#ending = true
    this.#timer = setTimeout(() => this.#exchange.cut(), lingerMs)
  }

  #endWhole(): void {
    const { upstream } = this.#exchange
    this.#exchange.upstream = undefined
    upstream?.abandon()
    this.end()
  }
}

/** A chunk with a copy of octets `[start, end)`. */
export function chunkOf(bytes: Buffer, start: number, end: number): Buffer {
  const size = `${(end - start).toString(16)}\r\n`
  const chunk = Buffer.allocUnsafe(size.length + end - start + 2)
  chunk.write(size, 0, 'latin1')
  bytes.copy(chunk, size.length, start, end)
  chunk.write('\r\n', chunk.length - 2, 'latin1')
  return chunk
}

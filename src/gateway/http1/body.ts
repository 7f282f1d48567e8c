import { Chunks, type ChunkSink } from './chunks.ts'

/** Finds the end of one body after the other, by its length, its chunks, or the end of the connection. */
export class Body {
  /** Octets that are left of a body with a length; -1 where the body is framed otherwise. */
  #left = 0
  #chunks: Chunks | undefined
  #untilClose = false

  sized(length: number): void {
    this.#left = length
    this.#chunks = undefined
    this.#untilClose = false
  }

  chunked(): void {
    this.#left = -1
    this.#chunks = new Chunks()
    this.#untilClose = false
  }

  untilClose(): void {
    this.#left = -1
    this.#chunks = undefined
    this.#untilClose = true
  }

  get done(): boolean {
    return this.#left === 0 || this.#chunks?.done === true
  }

  get endsWithConnection(): boolean {
    return this.#untilClose
  }

  get faulty(): boolean {
    return this.#chunks?.faulty === true
  }

  /** It may end with trailer fields (RFC 9112 section 7.1.2). */
  get hasTrailerSection(): boolean {
    return this.#chunks !== undefined
  }

  /** Lines of trailer fields that have come, without their ends. */
  get trailers(): readonly string[] {
    return this.#chunks?.trailers ?? []
  }

  /** Reads on; returns where the body's octets (with their framing) end within the buffer. */
  read(bytes: Buffer, start: number, end: number, sink?: ChunkSink): number {
    if (this.#chunks !== undefined) return this.#chunks.read(bytes, start, end, sink)
    const taken = this.#untilClose ? end - start : Math.min(this.#left, end - start)
    if (!this.#untilClose) this.#left -= taken
    if (taken > 0) sink?.data(bytes, start, start + taken)
    return start + taken
  }
}

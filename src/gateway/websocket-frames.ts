/** The stream of one direction of a WebSocket connection, watched for the places where frames end (RFC 6455 section 5.2). */
export class FrameTracker {
  /** Bytes of the present frame's head that are known so far. */
  #head: number[] = []
  #payloadLeft = 0n

  /** Between two frames, where a control frame may be put in. */
  get atBoundary(): boolean {
    return this.#head.length === 0 && this.#payloadLeft === 0n
  }

  /**
   * Reads on, and returns how many bytes it took: all of them, or with `untilBoundary` only those up to the first place
   * where a frame ends (none if it stands at one already).
   */
  consume(bytes: Uint8Array, untilBoundary = false): number {
    let offset = 0
    while (offset < bytes.length) {
      if (untilBoundary && this.atBoundary) return offset
      if (this.#payloadLeft > 0n) {
        const taken =
          this.#payloadLeft < BigInt(bytes.length - offset) ? Number(this.#payloadLeft) : bytes.length - offset
        this.#payloadLeft -= BigInt(taken)
        offset += taken
      } else {
        this.#head.push(bytes[offset] ?? 0)
        offset++
        this.#finishHead()
      }
    }
    return offset
  }

  #finishHead(): void {
    const second = this.#head[1]
    if (second === undefined) return
    const short = second & 0x7f
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
    const maskBytes = (second & 0x80) === 0 ? 0 : 4
    if (this.#head.length < 2 + lengthBytes + maskBytes) return
    let length = BigInt(short)
    if (lengthBytes > 0)
      length = this.#head.slice(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
    this.#head = []
    this.#payloadLeft = length
  }
}

/** A close frame with a status code (RFC 6455 section 5.5.1); masked as a client must send it. */
export function closeFrame(code: number, reason: string, masked: boolean): Buffer {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])
  // A mask of zeros is a valid mask and leaves the payload as it is; it guards nothing here, where both ends are ours.
  const mask = masked ? Buffer.alloc(4) : Buffer.alloc(0)
  return Buffer.concat([Buffer.from([0x88, (masked ? 0x80 : 0) | payload.length]), mask, payload])
}

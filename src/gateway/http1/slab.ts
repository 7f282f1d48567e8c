const slabBytes = 64 * 1024

/**
 * Memory for heads that are written one after the other and never given back: a small one costs one view on it, and a slab
 * lives as long as something of it is still being sent.
 */
export class Slab {
  #bytes = Buffer.allocUnsafeSlow(slabBytes)
  #used = 0
  /** Where the room that was asked for last begins. */
  start = 0

  /** A buffer that has this much room from `start` on. */
  room(length: number): Buffer {
    if (length > slabBytes / 4) {
      this.start = 0
      return Buffer.allocUnsafeSlow(length)
    }
    if (this.#used + length > slabBytes) {
      this.#bytes = Buffer.allocUnsafeSlow(slabBytes)
      this.#used = 0
    }
    this.start = this.#used
    return this.#bytes
  }

  /** What was written from `start` on; the rest of the room is free again. */
  taken(bytes: Buffer, end: number): Buffer {
    if (bytes === this.#bytes) this.#used = end
    return bytes.subarray(this.start, end)
  }
}

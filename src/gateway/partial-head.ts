/** The bytes of a head that comes in pieces. It grows by doubling, so that a byte is copied a few times at most. */
export class PartialHead {
  bytes: Buffer
  length = 0

  constructor(first: Buffer, start: number, end: number) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(512, (end - start) * 2))
    this.append(first, start, end)
  }

  append(more: Buffer, start: number, end: number): void {
    const wanted = this.length + end - start
    if (wanted > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(wanted * 2)
      this.bytes.copy(grown, 0, 0, this.length)
      this.bytes = grown
    }
    this.length += more.copy(this.bytes, this.length, start, end)
  }
}

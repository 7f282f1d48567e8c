import type { AnswerHead } from './head.ts'

/** A head that was read, and its octets, the final empty line among them: they are known again four at a time. */
export class KnownHead {
  readonly head: AnswerHead
  readonly length: number
  readonly #words: Int32Array
  readonly #rest: Uint8Array

  constructor(head: AnswerHead, bytes: Buffer) {
    const view = viewOf(bytes)
    this.head = head
    this.length = bytes.length
    this.#words = Int32Array.from({ length: bytes.length >> 2 }, (_, index) => view.getInt32(index * 4))
    this.#rest = Uint8Array.from(bytes.subarray(this.#words.length * 4))
  }

  /** Whether the very same octets are between `at` and `end`, from `at` on. */
  isAt(view: DataView, at: number, end: number): boolean {
    if (at + this.length > end) return false
    const words = this.#words
    let index = at
    for (let word = 0; word < words.length; word++, index += 4) if (view.getInt32(index) !== words[word]) return false
    for (const byte of this.#rest) if (view.getUint8(index++) !== byte) return false
    return true
  }
}

export function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

import { randomFillSync } from 'node:crypto'

const digits = Buffer.from('0123456789abcdef')
const poolBytes = 8192

/** Random identifiers, written as lower-case hexadecimal; the randomness is fetched for hundreds of them at once. */
export class Identifiers {
  readonly #pool = Buffer.allocUnsafe(poolBytes)
  #used = poolBytes

  /** Writes `count` random octets as twice as many digits; returns where they end. Never zeros alone. */
  write(out: Buffer, at: number, count: number): number {
    if (this.#used + count > poolBytes) {
      randomFillSync(this.#pool)
      this.#used = 0
    }
    let to = at
    let sum = 0
    for (let index = 0; index < count; index++) {
      const octet = this.#pool[this.#used++] ?? 0
      sum |= octet
      out[to++] = digits[octet >> 4] ?? 0
      out[to++] = digits[octet & 15] ?? 0
    }
    // Identifiers of zeros mean that there is none (W3C Trace Context, section 3.2.2.3).
    if (sum === 0) out[to - 1] = digits[1] ?? 0
    return to
  }
}

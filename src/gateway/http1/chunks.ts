import { COLON, CR, hexValues, LF, lineOctets, tokenOctets } from './characters.ts'
import { extensionLimitBytes, trailerLimitBytes } from './limits.ts'

const SEMICOLON = 0x3b
/** Octets of size digits: beyond this a size is no exact number. */
const digitLimit = 13

const none: readonly string[] = []

/** Gets the data of chunks, without their framing: octets `[start, end)` of the buffer that is being read. */
export interface ChunkSink {
  data(bytes: Buffer, start: number, end: number): void
}

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-lf'
  | 'done'
  | 'fault'

/**
 * Finds the end of a chunked body (RFC 9112 section 7.1), octet for octet as it comes: CR LF only, sizes of digits only,
 * extensions and trailers within limits. Fields that frame or route must not come as trailers.
 */
export class Chunks {
  #state: State = 'size'
  #size = 0
  #digits = 0
  #extension = 0
  #trailer = 0
  #line = ''
  #trailers: string[] | undefined

  get done(): boolean {
    return this.#state === 'done'
  }

  get faulty(): boolean {
    return this.#state === 'fault'
  }

  /** Lines of the trailer section that have come, without their ends. */
  get trailers(): readonly string[] {
    return this.#trailers ?? none
  }

  /** Reads on; returns where it stopped: `end`, or behind the body, or at what is wrong. */
  read(bytes: Buffer, start: number, end: number, sink?: ChunkSink): number {
    let at = start
    while (at < end) {
      if (this.#state === 'done' || this.#state === 'fault') return at
      if (this.#state === 'data') {
        const taken = Math.min(this.#size, end - at)
        sink?.data(bytes, at, at + taken)
        this.#size -= taken
        at += taken
        if (this.#size === 0) this.#state = 'data-cr'
      } else {
        this.#state = this.#next(bytes[at] ?? 0)
        if (this.#state === 'fault') return at
        at++
      }
    }
    return at
  }

  #next(octet: number): State {
    switch (this.#state) {
      case 'size':
        return this.#sizeOctet(octet)
      case 'extension':
        if (octet === CR) return 'size-lf'
        return lineOctets[octet] === 1 && ++this.#extension <= extensionLimitBytes ? 'extension' : 'fault'
      case 'size-lf':
        if (octet !== LF) return 'fault'
        this.#digits = 0
        return this.#size === 0 ? 'trailer' : 'data'
      case 'data-cr':
        return octet === CR ? 'data-lf' : 'fault'
      case 'data-lf':
        return octet === LF ? 'size' : 'fault'
      case 'trailer':
        if (octet === CR) return 'trailer-lf'
        if (lineOctets[octet] !== 1 || ++this.#trailer > trailerLimitBytes) return 'fault'
        this.#line += String.fromCharCode(octet)
        return 'trailer'
      case 'trailer-lf':
        if (octet !== LF) return 'fault'
        if (this.#line === '') return 'done'
        return this.#endTrailer()
      case 'data':
      case 'done':
      case 'fault':
        return 'fault'
    }
  }

  #sizeOctet(octet: number): State {
    const digit = hexValues[octet] ?? 255
    if (digit < 16) {
      if (++this.#digits > digitLimit) return 'fault'
      this.#size = this.#size * 16 + digit
      return 'size'
    }
    if (this.#digits === 0) return 'fault'
    if (octet === CR) return 'size-lf'
    return octet === SEMICOLON ? 'extension' : 'fault'
  }

  #endTrailer(): State {
    const line = this.#line
    this.#line = ''
    let colon = 0
    while (tokenOctets[line.charCodeAt(colon)] === 1) colon++
    if (colon === 0 || line.charCodeAt(colon) !== COLON) return 'fault'
    if (/^(?:content-length|transfer-encoding|host)$/i.test(line.slice(0, colon))) return 'fault'
    this.#trailers ??= []
    this.#trailers.push(line)
    return 'trailer'
  }
}

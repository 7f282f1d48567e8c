import { type AnswerHead, headEnd, type HeadParser } from './head.ts'

/** Longest head and longest line of the chunked coding that are taken for HTTP, in bytes. */
const maxHead = 64 * 1024
const maxLine = 4096

const newline = 0x0a

type State =
  | 'head'
  | 'length'
  | 'size'
  | 'chunk'
  | 'gap'
  | 'trailers'
  | 'until-close'
  | 'upgraded'
  | 'done'
  | 'malformed'

/** Reads one answer after another from the bytes of a connection: as much of HTTP/1.1 as a client needs (RFC 9112). */
export class AnswerReader {
  readonly #heads: HeadParser
  #state: State = 'done'
  #withoutBody = false
  #onBody: ((bytes: Buffer) => void) | undefined
  #head: AnswerHead | undefined
  #held: Buffer | undefined
  #rest = 0
  #line = ''
  #bytes = 0

  constructor(heads: HeadParser) {
    this.#heads = heads
  }

  get head(): AnswerHead | undefined {
    return this.#head
  }

  /** Bytes of the answer so far, head and framing included. */
  get bytes(): number {
    return this.#bytes
  }

  /** `upgraded` after a 101: what follows is no longer HTTP. */
  get state(): 'reading' | 'done' | 'upgraded' | 'malformed' {
    const state = this.#state
    return state === 'done' || state === 'upgraded' || state === 'malformed' ? state : 'reading'
  }

  /** Expects an answer. `withoutBody`: to HEAD. `onBody` gets views that are valid during the call only. */
  expect(withoutBody: boolean, onBody?: (bytes: Buffer) => void): void {
    this.#state = 'head'
    this.#withoutBody = withoutBody
    this.#onBody = onBody
    this.#head = undefined
    this.#held = undefined
    this.#bytes = 0
  }

  /** Takes the first `length` of the bytes and returns how many belong to the answer. */
  read(bytes: Buffer, length: number): number {
    let at = 0
    while (at < length && this.state === 'reading') at = this.#step(bytes, at, length)
    this.#bytes += at
    return at
  }

  /** The connection has ended in good order; whether the answer is whole. */
  end(): boolean {
    if (this.#state === 'until-close') this.#state = 'done'
    return this.#state === 'done'
  }

  #step(bytes: Buffer, at: number, end: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at, end)
      case 'length':
      case 'chunk':
        return this.#readBody(bytes, at, end)
      case 'until-close':
        this.#onBody?.(bytes.subarray(at, end))
        return end
      case 'size':
      case 'gap':
      case 'trailers':
        return this.#readLine(bytes.subarray(at, end), at)
      case 'upgraded':
      case 'done':
      case 'malformed':
        return at
    }
  }

  #readHead(bytes: Buffer, at: number, end: number): number {
    const held = this.#held
    if (held === undefined) {
      const again = this.#heads.again(bytes, at, end)
      if (again !== undefined) {
        this.#begin(again.head)
        return at + again.length
      }
    }
    const part = bytes.subarray(at, end)
    const all = held === undefined ? part : Buffer.concat([held, part])
    const found = all.indexOf(headEnd)
    if (found === -1) {
      if (all.length > maxHead) this.#state = 'malformed'
      this.#held = Buffer.from(all)
      return end
    }
    this.#held = undefined
    const length = found + headEnd.length
    const head = this.#heads.parse(all.subarray(0, length))
    if (head === undefined) this.#state = 'malformed'
    else this.#begin(head)
    return at + length - (held?.length ?? 0)
  }

  #begin(head: AnswerHead): void {
    const { status } = head
    // Interim answers come before the real one (RFC 9110 section 15.2).
    if (status >= 100 && status < 200 && status !== 101) return
    this.#head = head
    if (status === 101) this.#state = 'upgraded'
    else if (this.#withoutBody || status === 204 || status === 304) this.#state = 'done'
    else if (head.chunked) this.#state = 'size'
    else if (head.length === undefined) this.#state = 'until-close'
    else if (head.length === 0) this.#state = 'done'
    else {
      this.#state = 'length'
      this.#rest = head.length
    }
  }

  #readBody(bytes: Buffer, at: number, most: number): number {
    const end = Math.min(most, at + this.#rest)
    this.#onBody?.(bytes.subarray(at, end))
    this.#rest -= end - at
    if (this.#rest === 0) this.#state = this.#state === 'chunk' ? 'gap' : 'done'
    return end
  }

  #readLine(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(newline)
    const end = found === -1 ? bytes.length : found + 1
    this.#line += bytes.toString('latin1', 0, end)
    if (this.#line.length > maxLine) this.#state = 'malformed'
    else if (found !== -1) {
      const line = this.#line.replace(/\r?\n$/, '')
      this.#line = ''
      this.#takeLine(line)
    }
    return at + end
  }

  #takeLine(line: string): void {
    if (this.#state === 'trailers') {
      if (line === '') this.#state = 'done'
    } else if (this.#state === 'gap') this.#state = line === '' ? 'size' : 'malformed'
    else {
      const size = /^([0-9a-f]{1,12})[ \t]*(;.*)?$/i.exec(line)?.[1]
      if (size === undefined) this.#state = 'malformed'
      else {
        this.#rest = Number.parseInt(size, 16)
        this.#state = this.#rest === 0 ? 'trailers' : 'chunk'
      }
    }
  }
}

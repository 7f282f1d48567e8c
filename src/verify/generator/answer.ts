import type { AnswerHead, HeadParser } from './head.ts'

/** Longest head and longest line of the chunked coding that are taken for HTTP, in bytes. */
const maxHead = 64 * 1024
const maxLine = 4096

const headEnd = Buffer.from('\r\n\r\n')
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

  /** Takes bytes and returns how many belong to the answer. */
  read(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length && this.state === 'reading') at = this.#step(bytes, at)
    this.#bytes += at
    return at
  }

  /** The connection has ended in good order; whether the answer is whole. */
  end(): boolean {
    if (this.#state === 'until-close') this.#state = 'done'
    return this.#state === 'done'
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, at)
      case 'length':
      case 'chunk':
        return this.#readBody(bytes, at)
      case 'until-close':
        this.#onBody?.(bytes.subarray(at))
        return bytes.length
      case 'size':
      case 'gap':
      case 'trailers':
        return this.#readLine(bytes, at)
      case 'upgraded':
      case 'done':
      case 'malformed':
        return at
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    const held = this.#held
    const all = held === undefined ? bytes.subarray(at) : Buffer.concat([held, bytes.subarray(at)])
    const end = all.indexOf(headEnd)
    if (end === -1) {
      if (all.length > maxHead) this.#state = 'malformed'
      this.#held = Buffer.from(all)
      return bytes.length
    }
    this.#held = undefined
    const head = this.#heads.parse(all.toString('latin1', 0, end))
    if (head === undefined) this.#state = 'malformed'
    else this.#begin(head)
    return at + end + headEnd.length - (held?.length ?? 0)
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

  #readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#rest)
    this.#onBody?.(bytes.subarray(at, end))
    this.#rest -= end - at
    if (this.#rest === 0) this.#state = this.#state === 'chunk' ? 'gap' : 'done'
    return end
  }

  #readLine(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(newline, at)
    const end = found === -1 ? bytes.length : found + 1
    this.#line += bytes.toString('latin1', at, end)
    if (this.#line.length > maxLine) this.#state = 'malformed'
    else if (found !== -1) {
      const line = this.#line.replace(/\r?\n$/, '')
      this.#line = ''
      this.#takeLine(line)
    }
    return end
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

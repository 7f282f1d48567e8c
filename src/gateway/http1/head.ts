import { COLON, CR, LF, lineOctets, SP, TAB, tokenOctets } from './characters.ts'
import { badMessage, type Fault } from './fault.ts'
import { fieldLimit, headLimitBytes } from './limits.ts'
import type { Names } from './names.ts'
import { presenceBit } from './presence.ts'

/** How far a head has come: more bytes are needed, it is complete, or it is faulty. */
export type Progress = 'more' | 'done' | 'fault'

/** Octets from `start` to before `end`. */
export interface Span {
  start: number
  end: number
}

/** A field line: all positions are relative to the head's first octet; the line ends behind its CR LF. */
export interface FieldLine {
  start: number
  valueStart: number
  valueEnd: number
  end: number
}

/**
 * Reads a head line by line where it lies, each octet once (names twice), and goes on where it stopped when more has come.
 * Strict as RFC 9112 lets a server be: CR LF only, no folded lines, no white space before a colon.
 * An instance is used for one message after the other; `reset` makes it as new.
 */
export abstract class Head {
  /** Octets up to and with the empty line; known when done. */
  length = 0
  /** Where the first field line begins. */
  fieldsStart = 0
  fault: Fault | undefined
  /** Octets `[from, to, from, to, ...]` that the next hop must not get. */
  readonly cuts: number[] = []
  /** Bits of the names that it has (`presence.ts`). */
  present = 0
  #position = 0
  #lineStart = 0
  #started = false
  #fields = 0
  readonly #names: Names
  readonly #line: FieldLine = { start: 0, valueStart: 0, valueEnd: 0, end: 0 }

  constructor(names: Names) {
    this.#names = names
  }

  reset(): void {
    this.length = 0
    this.fieldsStart = 0
    this.fault = undefined
    if (this.cuts.length > 0) this.cuts.length = 0
    this.present = 0
    this.#position = 0
    this.#lineStart = 0
    this.#started = false
    this.#fields = 0
  }

  /** The head begins at `base`; octets from `end` on are not there yet. */
  parse(bytes: Buffer, base: number, end: number): Progress {
    let at = base + this.#position
    for (;;) {
      while (at < end && lineOctets[bytes[at] ?? 0] === 1) at++
      if (at - base > headLimitBytes) return this.#fail(this.tooLong(at - base))
      if (at + 1 >= end && (at === end || bytes[at] === CR)) {
        this.#position = at - base
        return 'more'
      }
      if (bytes[at] !== CR || bytes[at + 1] !== LF) return this.#fail(badMessage(illegal(bytes[at])))
      const start = base + this.#lineStart
      if (this.#started) {
        if (at === start) return this.#finish(bytes, base, at + 2)
        this.#fieldLine(bytes, base, at)
      } else if (at > start) {
        this.#started = true
        this.fieldsStart = at + 2 - base
        this.startLine(bytes, base, { start, end: at })
      } else if (!this.skipsEmptyLine()) return this.#fail(badMessage('an empty line before the head'))
      if (this.fault !== undefined) return 'fault'
      at += 2
      this.#lineStart = at - base
    }
  }

  /** Positions of the line are those of the buffer; it ends before its CR LF. */
  protected abstract startLine(bytes: Buffer, base: number, line: Span): void
  /** A field whose name is known. */
  protected abstract field(id: number, bytes: Buffer, base: number, line: FieldLine): void
  /** What the fields mean together. */
  protected abstract conclude(bytes: Buffer, base: number): void
  protected abstract skipsEmptyLine(): boolean

  protected tooLong(_length: number): Fault {
    return { status: 431, why: `a head of more than ${headLimitBytes} bytes` }
  }

  #fieldLine(bytes: Buffer, base: number, end: number): void {
    const start = base + this.#lineStart
    let at = start
    while (tokenOctets[bytes[at] ?? 0] === 1) at++
    if (at === start || bytes[at] !== COLON) {
      this.fault = badMessage(at === start ? 'a folded line or an empty field name' : 'an invalid field name')
      return
    }
    if (++this.#fields > fieldLimit) {
      this.fault = { status: 431, why: `more than ${fieldLimit} fields` }
      return
    }
    this.present |= presenceBit(bytes[start] ?? 0, at - start)
    const id = this.#names.find(bytes, start, at)
    if (id === 0) return
    let from = at + 1
    let to = end
    while (from < to && isSpace(bytes[from])) from++
    while (to > from && isSpace(bytes[to - 1])) to--
    const line = this.#line
    line.start = this.#lineStart
    line.valueStart = from - base
    line.valueEnd = to - base
    line.end = end + 2 - base
    this.field(id, bytes, base, line)
  }

  #finish(bytes: Buffer, base: number, end: number): Progress {
    this.length = end - base
    this.conclude(bytes, base)
    return this.fault === undefined ? 'done' : 'fault'
  }

  #fail(fault: Fault): Progress {
    this.fault = fault
    return 'fault'
  }
}

export function isSpace(octet: number | undefined): boolean {
  return octet === SP || octet === TAB
}

function illegal(octet: number | undefined): string {
  if (octet === CR) return 'a CR without LF in the head'
  if (octet === LF) return 'a line of the head that ends without CR'
  return 'a control character in the head'
}

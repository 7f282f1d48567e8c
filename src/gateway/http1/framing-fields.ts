import { SP } from './characters.ts'
import { equalsIgnoringCase } from './names.ts'
import { badMessage, type Fault } from './fault.ts'

const chunkedText = Buffer.from('chunked')

/** Length of a body by its `Content-Length` (RFC 9110 section 8.6), or -1: digits only, and a number that is exact. */
export function lengthIn(bytes: Buffer, start: number, end: number): number {
  if (start === end || end - start > 15) return -1
  let length = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return -1
    length = length * 10 + digit
  }
  return length
}

/** Whether a `Transfer-Encoding` is the one that every reader frames alike (RFC 9112 section 6.1). */
export function isChunked(bytes: Buffer, start: number, end: number): boolean {
  return end - start === chunkedText.length && equalsIgnoringCase(bytes, start, chunkedText)
}

/** What the head of a message says about where its body ends. */
export class FramingFields {
  /** -1 where there is none. */
  length = -1
  chunked = false
  fault: Fault | undefined

  reset(): void {
    this.length = -1
    this.chunked = false
    this.fault = undefined
  }

  contentLength(bytes: Buffer, start: number, end: number): void {
    if (this.length !== -1) this.fault = badMessage('more than one Content-Length')
    this.length = lengthIn(bytes, start, end)
    if (this.length === -1) this.fault ??= badMessage('a malformed Content-Length')
  }

  /** `lineEnd`: behind the CR LF. */
  transferEncoding(bytes: Buffer, start: number, end: number, lineEnd: number): void {
    // White space behind the value means nothing, but widespread readers take a tab there for a part of it.
    for (let at = end; at < lineEnd - 2; at++)
      if (bytes[at] !== SP) this.fault = badMessage('a tab behind Transfer-Encoding')
    if (this.chunked) this.fault = badMessage('more than one Transfer-Encoding')
    this.chunked = isChunked(bytes, start, end)
    if (!this.chunked) this.fault ??= badMessage('a Transfer-Encoding other than chunked')
  }

  /** The fault of both together, where there is one. */
  conclude(): Fault | undefined {
    if (this.chunked && this.length !== -1) this.fault ??= badMessage('Content-Length with Transfer-Encoding')
    return this.fault
  }
}

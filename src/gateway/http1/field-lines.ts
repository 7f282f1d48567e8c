import { COLON, LF } from './characters.ts'

/** One field of a head that was parsed; positions are relative to the head, the line ends behind its CR LF. */
export interface NamedLine {
  /** In the case of the sender. */
  readonly name: string
  readonly value: string
  readonly start: number
  readonly end: number
}

/** The fields of a head that is known to be well formed, as text. Not for the hot path. */
export function* fieldLines(bytes: Buffer, base: number, fieldsStart: number): Generator<NamedLine> {
  let start = base + fieldsStart
  for (;;) {
    const end = bytes.indexOf(LF, start)
    // An empty line ends the head.
    if (end === -1 || end - start < 2) return
    const colon = bytes.indexOf(COLON, start)
    yield {
      name: bytes.toString('latin1', start, colon),
      value: bytes.toString('latin1', colon + 1, end - 1).replace(/^[ \t]+|[ \t]+$/g, ''),
      start: start - base,
      end: end + 1 - base,
    }
    start = end + 1
  }
}

/** The same as a flat list: name, value, name, value. */
export function flatFields(bytes: Buffer, base: number, fieldsStart: number): string[] {
  const flat: string[] = []
  for (const { name, value } of fieldLines(bytes, base, fieldsStart)) flat.push(name, value)
  return flat
}

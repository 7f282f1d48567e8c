import { copyOctets } from './copy.ts'
import { copyUncut } from './cuts.ts'
import { fieldLines } from './field-lines.ts'
import type { ResponseHead } from './response-head.ts'
import type { Slab } from './slab.ts'
import { writeText } from './write-text.ts'

export interface AnswerEdit {
  readonly slab: Slab
  /** Lines to add, the last with its end. */
  readonly lines: string
  /** Octets of the body that are there already, and go on with the head; not always in the buffer of the head. */
  readonly body: Buffer
  readonly bodyStart: number
  readonly bodyEnd: number
}

/** The head of an answer as the client gets it: the same lines but for those that were cut, and those that are added. */
export function editAnswer(head: ResponseHead, bytes: Buffer, base: number, edit: AnswerEdit): Buffer {
  const { slab, lines, body, bodyStart, bodyEnd } = edit
  const out = slab.room(head.length + lines.length + bodyEnd - bodyStart)
  const { start } = slab
  let at = copyUncut(bytes, base, { from: 0, to: head.length - 2, cuts: head.cuts, out, at: start })
  // The version is the gateway's own (RFC 9110 section 2.5).
  out[start + 7] = 0x31
  at += writeText(lines, out, at)
  out[at++] = 0x0d
  out[at++] = 0x0a
  if (bodyEnd > bodyStart) at += copyOctets(body, bodyStart, bodyEnd, out, at)
  return slab.taken(out, at)
}

/** `Upgrade` and what belongs to it, for 101 and 426: they mean nothing without it (RFC 9110 sections 15.2.2, 15.5.22). */
export function upgradeLines(head: ResponseHead, bytes: Buffer, base: number): string {
  let lines = ''
  for (let index = 0; index < head.upgrade.length; index += 2) {
    const value = bytes.toString('latin1', base + (head.upgrade[index] ?? 0), base + (head.upgrade[index + 1] ?? 0))
    lines += `Upgrade: ${value}\r\n`
  }
  return lines === '' ? '' : `${lines}Connection: Upgrade\r\n`
}

/** The fields that the client gets as text, in order: name, value, name, value. */
export function uncutFields(head: ResponseHead, bytes: Buffer, base: number): string[] {
  const cut = new Set(head.cuts.filter((_, index) => index % 2 === 0))
  const flat: string[] = []
  for (const { name, value, start } of fieldLines(bytes, base, head.fieldsStart))
    if (!cut.has(start)) flat.push(name, value)
  return flat
}

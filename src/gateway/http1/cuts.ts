import { copyOctets } from './copy.ts'
import { fieldLines } from './field-lines.ts'
import type { Head } from './head.ts'

/** Fields that decide where a message ends or goes: naming them in `Connection` must not remove them. */
const neverRemoved: ReadonlySet<string> = new Set(['content-length', 'host', 'transfer-encoding'])

/** Puts cuts that were found later in their place. */
export function sortCuts(cuts: number[]): void {
  const ends = new Map<number, number>()
  for (let index = 0; index < cuts.length; index += 2) ends.set(cuts[index] ?? 0, cuts[index + 1] ?? 0)
  cuts.length = 0
  for (const [from, to] of [...ends].sort(([a], [b]) => a - b)) cuts.push(from, to)
}

/** Cuts the fields that `Connection` names out of a head that is parsed (RFC 9110 section 7.6.1). */
export function cutNamed(head: Head, bytes: Buffer, base: number): void {
  const named = new Set<string>()
  for (const { name, value } of fieldLines(bytes, base, head.fieldsStart)) {
    if (name.toLowerCase() !== 'connection') continue
    for (const token of value.split(',')) named.add(token.trim().toLowerCase())
  }
  for (const { name, start, end } of fieldLines(bytes, base, head.fieldsStart)) {
    const key = name.toLowerCase()
    if (named.has(key) && !neverRemoved.has(key)) head.cuts.push(start, end)
  }
  sortCuts(head.cuts)
}

/** Copies octets `[from, to)` of a head without its cuts; returns where the copy ends. */
export function copyUncut(source: Buffer, base: number, range: CopyRange): number {
  const { cuts, to, out } = range
  let { from, at } = range
  for (let index = 0; index < cuts.length; index += 2) {
    const cut = cuts[index] ?? 0
    if (cut > from) at += copyOctets(source, base + from, base + cut, out, at)
    from = cuts[index + 1] ?? from
  }
  return to > from ? at + copyOctets(source, base + from, base + to, out, at) : at
}

export interface CopyRange {
  readonly from: number
  readonly to: number
  readonly cuts: readonly number[]
  readonly out: Buffer
  readonly at: number
}

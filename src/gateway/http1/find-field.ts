import { COLON, CR, LF } from './characters.ts'
import { isSpace } from './head.ts'
import { equalsIgnoringCase } from './names.ts'

/**
 * Where the first line of this name (in lower case) begins, from `from` on, which has to be the beginning of a line; -1 where
 * the head has none. The head has to be well formed. It may go on with octets of a body: those are not looked at.
 */
export function findField(head: Uint8Array, name: Uint8Array, from: number): number {
  let at = from
  while (at < head.length && head[at] !== CR) {
    if (head[at + name.length] === COLON && equalsIgnoringCase(head, at, name)) return at
    at = nextLine(head, at)
  }
  return -1
}

export function nextLine(head: Uint8Array, from: number): number {
  let at = from
  while (at < head.length && head[at] !== LF) at++
  return at + 1
}

/** The value of a line, one character per octet; `nameLength` octets and a colon go before it. */
export function valueOfField(head: Buffer, line: number, nameLength: number): string {
  let start = line + nameLength + 1
  let end = start
  while (end < head.length && head[end] !== CR) end++
  while (start < end && isSpace(head[start])) start++
  while (end > start && isSpace(head[end - 1])) end--
  return head.toString('latin1', start, end)
}

/** The value of the first line of this name (in lower case); undefined where there is none. */
export function firstValue(head: Buffer, name: Uint8Array): string | undefined {
  const line = findField(head, name, 0)
  return line === -1 ? undefined : valueOfField(head, line, name.length)
}

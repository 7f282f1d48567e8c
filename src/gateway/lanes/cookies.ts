import { findField, nextLine, valueOfField } from '../http1/find-field.ts'
import { presenceOf } from '../http1/presence.ts'
import type { LaneRequest } from './request.ts'

const field = Buffer.from('cookie')
const fieldBit = presenceOf('cookie')
const pair = /^([!#$%&'*+.^_`|~\w-]+)=("?)([!#-+\--:<-[\]-~]*)\2$/

/**
 * Value of a cookie in a `Cookie` field, by its exact name: the first of those with that name, as it has the longest path
 * (RFC 6265 section 5.4). Pairs that are none by the grammar of section 4.1.1 are passed over. Nothing is decoded, and quotes
 * are part of the value.
 */
export function cookieIn(field: string, name: string): string | undefined {
  if (!field.includes(name)) return undefined
  for (const part of field.split(';')) {
    const trimmed = part.replace(/^[ \t]+|[ \t]+$/g, '')
    if (trimmed.startsWith(name) && trimmed[name.length] === '=' && pair.test(trimmed))
      return trimmed.slice(name.length + 1)
  }
  return undefined
}

/** Value of a cookie of a request; undefined where there is none. */
export function cookieOf({ outgoing: head, present }: LaneRequest, name: string): string | undefined {
  if ((present & fieldBit) === 0) return undefined
  for (let line = findField(head, field, 0); line !== -1; line = findField(head, field, nextLine(head, line))) {
    const value = cookieIn(valueOfField(head, line, field.length), name)
    if (value !== undefined) return value
  }
  return undefined
}

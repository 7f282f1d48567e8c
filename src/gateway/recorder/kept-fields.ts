import type { RecordSettings } from '../../model/recorded.ts'
import { fieldLines } from '../http1/field-lines.ts'

/** Fields that decide which answer is given and say nothing about who asks. All others are left out, known or not. */
const kept: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'host',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-requested-with',
])
const longest = 512

/** The fields of a request's head, as the origin got it, that may be kept. */
export function keptFields(outgoing: Buffer, { redact }: RecordSettings): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const { name, value } of fieldLines(outgoing, 0, outgoing.indexOf('\n') + 1)) {
    const key = name.toLowerCase()
    if (kept.has(key) && value.length <= longest && !redact.includes(key)) fields[key] = value
  }
  return fields
}

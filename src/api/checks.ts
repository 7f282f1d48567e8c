import * as v from 'valibot'
import { HotlaneError } from '../support/errors.ts'

const number = v.pipe(v.number(), v.integer(), v.minValue(1))
/** A number in a query, which is text. */
const numeral = v.pipe(v.string(), v.regex(/^[1-9]\d{0,8}$/, 'should be a whole number above 0'), v.transform(Number))
const count = v.pipe(v.string(), v.regex(/^\d{1,6}$/, 'should be a whole number'), v.transform(Number))
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096))

export const nothing = v.strictObject({})
export const deployBody = v.strictObject({
  artifact: v.exactOptional(v.pipe(text, v.regex(/^(\/|[A-Za-z]:[\\/]|\\\\)/, 'should be an absolute path'))),
  strategy: v.exactOptional(v.picklist(['replace', 'hold', 'rolling', 'blue-green', 'canary'])),
  queue: v.exactOptional(v.boolean()),
})
export const promoteBody = v.strictObject({ full: v.exactOptional(v.boolean(), false) })
export const rollbackBody = v.strictObject({ release: v.exactOptional(number) })
export const diffQuery = v.strictObject({ before: numeral, after: numeral })
export const logsQuery = v.strictObject({
  service: v.exactOptional(text),
  lane: v.exactOptional(text),
  release: v.exactOptional(numeral),
  lines: v.exactOptional(count, '100'),
  follow: v.exactOptional(
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((value) => value === 'true'),
    ),
    'false',
  ),
})
export const rebuildQuery = v.strictObject({ service: v.exactOptional(text) })
export const releaseNumber = numeral

/** The value as the schema has it, keys that it does not know included in what is wrong. @throws HotlaneError HL7004 */
export function check<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const what = result.issues.map((issue) => {
    const place = v.getDotPath(issue)
    return place === null ? issue.message : `${place}: ${issue.message}`
  })
  throw new HotlaneError('HL7004', { params: { what: what.join('; ') } })
}

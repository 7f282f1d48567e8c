import * as v from 'valibot'
import { parseDurationMs } from '../support/duration.ts'

// The message of every schema says what is expected there: it becomes `{expected}` of HL1004.
export const text = v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'))
export const flag = v.boolean('true or false')
export const texts = v.array(text, 'a list of texts')
export const globs = v.array(text, 'a list of globs')
export const duration = v.pipe(
  v.string('a duration such as "30s"'),
  v.regex(/^(\d+(\.\d+)?(ms|s|m|h))+$/, 'a duration such as "30s"'),
)
export const positiveDuration = v.pipe(
  duration,
  v.check((value) => (parseDurationMs(value) ?? 0) > 0, 'a duration longer than 0'),
)
export const size = v.pipe(
  v.string('a size such as "256 MB"'),
  v.regex(/^\s*\d+(\.\d+)?\s*([KMG]i?)?B\s*$/, 'a size such as "256 MB"'),
)
export const env = v.record(
  v.string(),
  v.union([v.string(), v.number(), v.boolean()], 'a text, a number, true or false'),
  'a mapping of names to values',
)
export const argv = v.pipe(
  v.array(v.string('a word'), 'a list of words'),
  v.minLength(1, 'a list of at least one word'),
)
export const line = v.union([text, argv], 'a shell line or a list of words')
export const urlPath = v.pipe(v.string('a path such as /api'), v.startsWith('/', 'a path that starts with /'))
const shareForm = 'a share such as "20%", or a number from 0 to 1'
export const share = v.union(
  [
    v.pipe(v.string(shareForm), v.regex(/^(100|\d{1,2}(\.\d+)?)%$/, shareForm)),
    v.pipe(v.number(shareForm), v.minValue(0, shareForm), v.maxValue(1, shareForm)),
  ],
  shareForm,
)
export const fields = v.record(v.string(), v.string('a text'), 'a mapping of names to texts')
export const status = wholeNumber('a status such as 200', 100)

/** A share as a number from 0 to 1. */
export function shareOf(value: string | number): number {
  return typeof value === 'string' ? Number.parseFloat(value) / 100 : value
}

export function mapping<const T extends v.ObjectEntries>(entries: T) {
  return v.strictObject(entries, `a mapping with ${Object.keys(entries).join(', ')}`)
}

export function choice<const T extends readonly string[]>(values: T) {
  return v.picklist(values, `one of ${values.join(', ')}`)
}

export function wholeNumber(expected: string, least: number) {
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(least, expected))
}

export function portNumber(least: number) {
  const expected = `a port from ${least} to 65535`
  return v.pipe(wholeNumber(expected, least), v.maxValue(65_535, expected))
}

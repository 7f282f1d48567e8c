import * as v from 'valibot'
import { line, positiveDuration, mapping, status, text, urlPath } from './schema-values.ts'

const checkForm = 'a mapping with one of http, command and prometheus'
const check = v.pipe(
  mapping({
    name: v.optional(text),
    http: v.optional(urlPath),
    expect: v.optional(v.union([status, v.array(status)], 'a status such as 200, or a list of them')),
    contains: v.optional(text),
    command: v.optional(line),
    cwd: v.optional(text),
    prometheus: v.optional(
      v.pipe(v.string('a URL'), v.regex(/^https?:\/\/\S+$/, 'a URL such as http://localhost:9090')),
    ),
    query: v.optional(text),
    min: v.optional(v.number('a number')),
    max: v.optional(v.number('a number')),
    timeout: v.optional(positiveDuration),
  }),
  v.check(({ http, command, prometheus }) => countOf(http, command, prometheus) === 1, checkForm),
  v.check(
    ({ http, expect, contains }) => http !== undefined || countOf(expect, contains) === 0,
    'a mapping with expect and contains only beside http',
  ),
  v.check(({ command, cwd }) => command !== undefined || cwd === undefined, 'a mapping with cwd only beside command'),
  v.check(
    ({ prometheus, query, min, max }) =>
      prometheus === undefined ? countOf(query, min, max) === 0 : query !== undefined && countOf(min, max) > 0,
    'a mapping with query and min or max beside prometheus, and only there',
  ),
)
/** Checks of a release besides the gateway's own figures. */
export const checks = v.optional(v.array(check, 'a list of checks'))

export type CheckSettings = v.InferOutput<typeof check>

/** How many of some values are given. */
export function countOf(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined).length
}

import * as v from 'valibot'
import type { Position } from '../support/errors.ts'
import { nearest } from '../support/nearest.ts'
import { homesOf, type KeyPath, knownKeys, misplacedLists } from './levels.ts'
import { describeValue, type Problem, raise } from './problem.ts'

interface Places {
  readonly keyPosition: (path: KeyPath) => Position
  readonly valuePosition: (path: KeyPath) => Position
}

/**
 * A value as its schema has it.
 * @throws HotlaneError HL1003 (unknown key, with the nearest known one or the place where it belongs) or HL1004 (wrong
 * value); further problems stand in its output
 */
export function check<const T extends v.GenericSchema>(schema: T, value: unknown, places: Places): v.InferOutput<T> {
  raise(
    misplacedLists(schema, value).map(({ path, expected, value }) => ({
      code: 'HL1004',
      params: { key: path.join('.') || 'the file', expected, actual: describeValue(value) },
      position: places.valuePosition(path),
    })),
  )
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  raise(result.issues.flatMap((issue) => problems(schema, issue, [], places)))
  throw result.issues
}

type Issue = v.BaseIssue<unknown>

function problems(schema: v.GenericSchema, issue: Issue, above: KeyPath, places: Places): readonly Problem[] {
  const path = [...above, ...(issue.path ?? []).map((item) => item.key as string | number)]
  const deeper = issue.type === 'union' ? insideOf(issue) : []
  if (deeper.length > 0) return deeper.flatMap((inner) => problems(schema, inner, path, places))
  if (issue.type === 'strict_object' && issue.expected === 'never') return [unknownKey(schema, path, places)]
  const missing = issue.type === 'strict_object' && issue.input === undefined
  const key = path.join('.') === '' ? 'the file' : path.join('.')
  return [
    {
      code: 'HL1004',
      params: {
        key,
        expected: missing ? 'given' : issue.message,
        actual: describeValue(issue.input),
      },
      position: places.valuePosition(path),
    },
  ]
}

/** Of a value with several forms: what is wrong inside the form that was meant, told by what is a list or a mapping. */
function insideOf(issue: Issue): readonly Issue[] {
  const isList = Array.isArray(issue.input)
  const inner = (issue.issues ?? []).filter(
    (each) => each.path !== undefined && (each.path[0].type === 'array') === isList,
  )
  if (!isList) return inner
  // `before` takes a list of commands, which are themselves lists: every wrong item is told once.
  const seen = new Set<unknown>()
  return inner.filter((each) => {
    const at = each.path?.[0].key
    return seen.has(at) ? false : seen.add(at)
  })
}

function unknownKey(schema: v.GenericSchema, path: KeyPath, places: Places): Problem {
  const key = String(path.at(-1))
  const known = knownKeys(schema, path.slice(0, -1))
  const homes = nearestHomes(homesOf(schema, key), path.slice(0, -1)).map((home) =>
    home === '' ? 'the top level' : home,
  )
  const near = nearest(key, known)
  const belongs = homes.length === 0 ? undefined : `; it belongs to ${homes.join(' or ')}`
  const suggestion = belongs ?? (near === undefined ? '' : `; did you mean ${near}?`)
  return {
    code: 'HL1003',
    params: { key: path.join('.'), suggestion, known: known.join(', ') },
    position: places.keyPosition(path),
  }
}

/** Of the places where a key belongs, those that are least far from where it stands: a name that is used often would list many. */
function nearestHomes(homes: readonly string[], at: KeyPath): readonly string[] {
  const ways = homes.map((home) => {
    const parts = home === '' ? [] : home.split('.')
    const differs = parts.findIndex((part, index) => part !== 'NAME' && part !== at[index])
    const shared = Math.min(differs === -1 ? parts.length : differs, at.length)
    return { home, steps: parts.length - shared + at.length - shared }
  })
  const least = Math.min(...ways.map(({ steps }) => steps))
  return ways.filter(({ steps }) => steps === least).map(({ home }) => home)
}

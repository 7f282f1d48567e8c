import { parse, TomlError } from 'smol-toml'
import type { Note } from '../model/project.ts'
import { HotlaneError, type Position } from '../support/errors.ts'
import { nearest } from '../support/nearest.ts'
import { airTables, airTypes } from './air-keys.ts'
import type { ForeignFile } from './foreign.ts'
import { describeValue, type Problem, raise } from './problem.ts'
import { locateToml } from './toml-places.ts'

/** A file of air's, checked as air would check it. Keys are dotted and in lower case: `build.cmd`, `build.rules.0.cmd`. */
export interface AirFile {
  /** As it stands in the file, zero values too; of the seven keys of platform blocks, what the present platform says. */
  readonly values: ReadonlyMap<string, unknown>
  /** Tables of `[[build.rules]]`. */
  readonly rules: number
  readonly notes: readonly Note[]
  readonly position: (key: string) => Position
}

const systems: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows', darwin: 'darwin', linux: 'linux' }

/**
 * Reads TOML as air does: a key counts in lower case or in all capitals; unknown ones are passed over, with a note.
 * @throws HotlaneError HL1002 (syntax), HL1004 (type), both with position
 */
export function readAirFile(file: ForeignFile): AirFile {
  const content = parseToml(file)
  const places = locateToml(file.text)
  const original = new Map<string, string>()
  const position = (key: string): Position => {
    for (let at = original.get(key) ?? key; ; at = at.replace(/\.?[^.]*$/, '')) {
      const place = places.get(at)
      if (place !== undefined) return { file: file.shown, ...place }
      if (at === '') return { file: file.shown }
    }
  }
  const values = new Map<string, unknown>()
  const notes: Note[] = []
  const problems: Problem[] = []
  const walk = (table: string, at: string, written: string, entries: Readonly<Record<string, unknown>>): void => {
    for (const [key, value] of Object.entries(entries)) {
      const name = lowered(key)
      const full = at === '' ? name : `${at}.${name}`
      const place = written === '' ? key : `${written}.${key}`
      original.set(full, place)
      const inner = table === '' ? name : `${table}.${name}`
      const type = own(airTables, table)?.[name]
      if (type !== undefined) {
        if (airTypes[type].fits(value)) values.set(full, value)
        else problems.push(mistyped(full, airTypes[type].expected, value, position(full)))
      } else if (inner === 'build.rules' && Array.isArray(value)) {
        for (const [index, rule] of value.entries())
          walk(inner, `${full}.${index}`, `${place}.${index}`, rule as typeof entries)
      } else if (own(airTables, inner) !== undefined && isTable(value)) walk(inner, full, place, value)
      else if (own(airTables, inner) !== undefined) problems.push(mistyped(full, 'a table', value, position(full)))
      else
        notes.push({
          text: isTable(value) ? unknownTable(key, table) : unknownText(key, table),
          position: position(full),
        })
    }
  }
  walk('', '', '', content)
  raise(problems)
  const rules = new Set([...original.keys()].map((key) => /^build\.rules\.(\d+)\./.exec(key)?.[1]).filter(Boolean)).size
  applyPlatform(values, original, systems[file.platform])
  return { values, rules, notes, position }
}

function parseToml(file: ForeignFile): Readonly<Record<string, unknown>> {
  try {
    return parse(file.text)
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const reason = cause.message.split('\n')[0]?.replace('Invalid TOML document: ', '') ?? ''
    throw new HotlaneError('HL1002', {
      params: { file: file.shown, format: 'TOML', reason },
      position: { file: file.shown, line: cause.line, column: cause.column },
      cause,
    })
  }
}

/** `[build.linux]` and its like override, but for texts that are empty. */
function applyPlatform(values: Map<string, unknown>, original: Map<string, string>, system: string | undefined): void {
  for (const [key, value] of values) {
    const name = /^build\.(\w+)\.(\w+)$/.exec(key)
    if (name === null || name[1] !== system || value === '') continue
    values.set(`build.${name[2]}`, value)
    original.set(`build.${name[2]}`, original.get(key) ?? key)
  }
}

/** air's rule of case: `delay` and `DELAY` are the key, `Delay` is not. */
function lowered(key: string): string {
  return key === key.toUpperCase() ? key.toLowerCase() : key
}

function unknownText(key: string, table: string): string {
  const where = table === '' ? '' : ` in [${table}]`
  const here = nearest(key, Object.keys(own(airTables, table) ?? {}))
  const homes = Object.entries(airTables).filter(
    ([name]) => name !== table && !/^build\.(windows|darwin|linux)$/.test(name),
  )
  const exact = homes.find(([, keys]) => own(keys, key.toLowerCase()) !== undefined)
  const near = homes.find(([, keys]) => nearest(key, Object.keys(keys)) !== undefined)
  const [home, keys] = exact ?? near ?? []
  const named = home === '' ? 'the top level' : `[${home}]`
  if (exact !== undefined && here?.toLowerCase() !== key.toLowerCase()) {
    return `"${key}" is not known${where}; it belongs to ${named}. air passes over it, and so does hotlane.`
  }
  const other = keys === undefined ? undefined : `"${nearest(key, Object.keys(keys))}" in ${named}`
  const meant = here === undefined ? other : `"${here}"`
  const hint = meant === undefined ? '' : `; the nearest known is ${meant}`
  return `"${key}" is not known${where}${hint}. air passes over it, and so does hotlane.`
}

function unknownTable(key: string, table: string): string {
  const near = nearest(table === '' ? key : `${table}.${key}`, Object.keys(airTables).filter(Boolean))
  const hint = near === undefined ? '' : `; the nearest known is [${near}]`
  return `"${key}" is not known${table === '' ? '' : ` in [${table}]`}${hint}. air passes over it, and so does hotlane.`
}

function mistyped(key: string, expected: string, value: unknown, position: Position): Problem {
  return { code: 'HL1004', params: { key, expected, actual: describeValue(value) }, position }
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

import type { Position } from '../support/errors.ts'
import { nearest } from '../support/nearest.ts'
import type { KeyPath } from './levels.ts'
import { describeValue, raise } from './problem.ts'
import type { YamlFile } from './yaml-file.ts'

/** A mapping of a realize file, read key by key; what nobody has asked for in the end is unknown. */
export interface RealizeTable {
  readonly text: (key: string) => string | undefined
  readonly flag: (key: string) => boolean
  /** A list of texts; a single text counts as one. */
  readonly texts: (key: string) => readonly string[]
  /** A duration as yaml.v2 reads it: a text with a unit, or nanoseconds. */
  readonly duration: (key: string) => string | number | undefined
  readonly table: (key: string) => RealizeTable
  readonly tables: (key: string) => readonly RealizeTable[]
  /** Names and texts of a mapping such as `env`. */
  readonly pairs: (key: string) => Readonly<Record<string, string>>
  readonly has: (key: string) => boolean
  readonly position: (key?: string) => Position
}

/** The top of a file. @throws HotlaneError HL1004 with position at the first value of a wrong type, as it is asked for */
export function realizeTable(yaml: YamlFile, path: KeyPath = []): RealizeTable {
  const value = path.reduce<unknown>(
    (node, key) => (node as Record<string, unknown> | undefined)?.[String(key)],
    yaml.value,
  )
  const entries = (value ?? {}) as Readonly<Record<string, unknown>>
  if (typeof entries !== 'object' || Array.isArray(entries)) wrong(yaml, path, 'a mapping', value)
  const get = <T>(key: string, expected: string, fits: (value: unknown) => value is T): T | undefined => {
    const found = entries[key]
    if (found === undefined || found === null) return undefined
    if (!fits(found)) wrong(yaml, [...path, key], expected, found)
    return found
  }
  return {
    text: (key) => {
      const found = get(key, 'a text', isScalar)
      return found === undefined || found === '' ? undefined : String(found)
    },
    flag: (key) => get(key, 'true or false', (each) => typeof each === 'boolean') ?? false,
    texts: (key) => {
      const found = get(
        key,
        'a list of texts',
        (each): each is unknown => isScalar(each) || (Array.isArray(each) && each.every(isScalar)),
      )
      return found === undefined ? [] : (Array.isArray(found) ? found : [found]).map(String)
    },
    duration: (key) =>
      get(key, 'a duration such as "100ms"', (each) => typeof each === 'string' || typeof each === 'number'),
    table: (key) => realizeTable(yaml, [...path, key]),
    tables: (key) =>
      (get(key, 'a list', Array.isArray) ?? []).map((_, index) => realizeTable(yaml, [...path, key, index])),
    pairs: (key) => {
      const found = get(key, 'a mapping of names to texts', (each): each is Record<string, unknown> => isPairs(each))
      return Object.fromEntries(Object.entries(found ?? {}).map(([name, each]) => [name, String(each)]))
    },
    has: (key) => entries[key] !== undefined && entries[key] !== null,
    position: (key) => (key === undefined ? yaml.keyPosition(path) : yaml.keyPosition([...path, key])),
  }
}

/** Keys that are known, by table; `*` stands for any key, a list's tables have the list's name. */
const stage = ['status', 'method', 'args', 'path', 'dir', 'output']
const known: Readonly<Record<string, readonly string[]>> = {
  '': ['settings', 'server', 'schema'],
  settings: ['legacy', 'flimit', 'files', 'resources', 'recovery'],
  'settings.legacy': ['force', 'interval'],
  'settings.files': ['clean', 'outputs', 'logs', 'errors'],
  'settings.resources': ['outputs', 'logs', 'errors'],
  'settings.recovery': ['index', 'events', 'tools'],
  server: ['status', 'open', 'host', 'port'],
  schema: ['name', 'path', 'env', 'args', 'pattern', 'commands', 'watcher'],
  'schema.commands': ['clean', 'vet', 'fmt', 'test', 'generate', 'install', 'build', 'run'],
  ...Object.fromEntries(
    ['clean', 'vet', 'fmt', 'test', 'generate', 'install', 'build', 'run'].map((name) => [
      `schema.commands.${name}`,
      stage,
    ]),
  ),
  'schema.watcher': [
    'extensions',
    'paths',
    'ignored_paths',
    'ignore_paths',
    'ignore',
    'hidden',
    'scripts',
    'errorOutputPattern',
  ],
  'schema.watcher.ignore': ['paths', 'exts'],
  'schema.watcher.scripts': ['type', 'command', 'path', 'global', 'output'],
}

/** Keys of a file that realize does not know, each with its place and the nearest that it does. */
export function unknownRealizeKeys(yaml: YamlFile): readonly { readonly text: string; readonly position: Position }[] {
  const notes: { readonly text: string; readonly position: Position }[] = []
  const walk = (value: unknown, path: KeyPath, table: string): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, [...path, index], table)
    else if (typeof value === 'object' && value !== null && Object.hasOwn(known, table)) {
      for (const [key, inner] of Object.entries(value)) {
        if (known[table]?.includes(key)) walk(inner, [...path, key], table === '' ? key : `${table}.${key}`)
        else notes.push({ text: unknownText(key, table), position: yaml.keyPosition([...path, key]) })
      }
    }
  }
  walk(yaml.value, [], '')
  return notes
}

function unknownText(key: string, table: string): string {
  const near = nearest(key, known[table] ?? [])
  const home = Object.entries(known).find(([name, keys]) => name !== table && keys.includes(key))?.[0]
  const hint =
    near !== undefined
      ? `; the nearest known is "${near}"`
      : home === undefined
        ? ''
        : `; it belongs to ${home === '' ? 'the top level' : home}`
  return `"${key}" is not known${table === '' ? '' : ` in ${table}`}${hint}. realize passes over it, and so does hotlane.`
}

function wrong(yaml: YamlFile, path: KeyPath, expected: string, actual: unknown): never {
  const position = yaml.valuePosition(path)
  raise([
    {
      code: 'HL1004',
      params: { key: path.join('.') || 'the file', expected, actual: describeValue(actual) },
      position,
    },
  ])
  throw new Error('unreachable: raise throws where there is a problem')
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isPairs(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isScalar)
}

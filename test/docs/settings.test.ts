import { describe, expect, it } from 'vitest'
import { fullSchema, hotlaneSchema } from '../../src/project/schema.ts'
import { codeIn, page, rowsOf, section } from './markdown.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

/** Dotted paths of all keys below a schema, whatever forms a value may have; a list adds `[]`. */
function keysOf(schema: Schema, at = ''): readonly string[] {
  const below = [...(schema.anyOf ?? [])].flatMap((form) => keysOf(form, at))
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const path = at === '' ? key : `${at}.${key}`
    return [path].concat(keysOf(inner, path))
  })
  return [...new Set([...own, ...below, ...(schema.items === undefined ? [] : keysOf(schema.items, `${at}[]`))])]
}

/** The words that a key may be, where there are only some. */
function wordsOf(schema: Schema, path: readonly string[]): readonly string[] {
  const [first, ...rest] = path
  const forms = [schema, ...(schema.anyOf ?? [])]
  if (first === undefined) return forms.flatMap((form) => (form.enum ?? []).map(String))
  return forms.flatMap((form) => {
    const next = form.properties?.[first.replace('[]', '')]
    return next === undefined ? [] : wordsOf(first.endsWith('[]') ? (next.items ?? {}) : next, rest)
  })
}

const { text } = page('docs/reference/settings.md')
const schema = hotlaneSchema() as Schema
const services = schema.properties?.['services']?.additionalProperties
const service = typeof services === 'object' ? services : {}

/** Keys in the first column. */
function documented(part: string): readonly string[] {
  return rowsOf(part).flatMap(([first = '']) => codeIn(first))
}

// A step is described once, under "How values are written".
const ofSteps =
  /^(before|after|hooks\.\w+)\[\]\.(command|cwd)$|^rules\[\]\.command\.|^(before|after|hooks\.\w+)\.(command|cwd)$/

// And a check once, below rollout.verify.
const ofChecks = /^rollout\.judge\.checks\[\]\./

describe('docs/reference/settings.md', () => {
  it('has every key of a service, and no other', () => {
    const keys = keysOf(service).filter((key) => !ofSteps.test(key) && !ofChecks.test(key) && key !== 'watch')
    expect(keys.length).toBeGreaterThan(40)
    expect(documented(section(text, '## A service')).toSorted()).toEqual(keys.toSorted())
  })

  it('has every key of the project, and no other', () => {
    const known = new Set(keysOf(service))
    const ofProject = keysOf({ properties: Object.fromEntries(Object.entries(schema.properties ?? {})) }).filter(
      (key) => Object.hasOwn(fullSchema.entries, key.split('.')[0] ?? '') && !known.has(key) && !ofSteps.test(key),
    )
    const keys = ['listen', 'rollout', ...ofProject].filter((key) => !['limits', 'hooks', 'watch'].includes(key))
    expect(documented(section(text, '## The project')).toSorted()).toEqual(keys.toSorted())
  })

  it.each(['## The project', '## A service'])('names the words that a key may be, below %s', (heading) => {
    const root = heading === '## A service' ? service : schema
    let checked = 0
    for (const [first = '', type = ''] of rowsOf(section(text, heading))) {
      const [key = ''] = codeIn(first)
      const words = wordsOf(root, key.split('.'))
      if (words.length === 0) continue
      expect([key, ...codeIn(type).toSorted()]).toEqual([key, ...words.toSorted()])
      checked++
    }
    expect(checked).toBeGreaterThan(0)
  })
})

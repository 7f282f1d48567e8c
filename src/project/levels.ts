/** A schema of valibot as far as its shape is looked at here. */
interface Shape {
  readonly type: string
  readonly entries?: Readonly<Record<string, Shape>>
  readonly wrapped?: Shape
  readonly options?: readonly (Shape | string)[]
  readonly item?: Shape
  readonly value?: Shape
  readonly message?: unknown
}

export type KeyPath = readonly (string | number)[]

/** The keys that a mapping at this path may have; empty where no mapping is expected. */
export function knownKeys(schema: unknown, path: KeyPath): readonly string[] {
  const [first, ...rest] = path
  const at = mappingOf(schema as Shape)
  if (at === undefined) return []
  if (first === undefined) return Object.keys(at.entries ?? {})
  const next = at.entries?.[first] ?? at.item ?? at.value
  return next === undefined ? [] : knownKeys(next, rest)
}

/** Where a key is known, as paths of its mapping: `services.NAME.watch`, `limits`, or `` for the top level. */
export function homesOf(schema: unknown, key: string, at: readonly string[] = []): readonly string[] {
  const here = mappingOf(schema as Shape)
  if (here?.entries !== undefined) {
    const own = Object.hasOwn(here.entries, key) ? [at.join('.')] : []
    const below = Object.entries(here.entries).flatMap(([name, next]) => homesOf(next, key, [...at, name]))
    return [...own, ...below]
  }
  if (here?.value !== undefined) return homesOf(here.value, key, [...at, 'NAME'])
  return here?.item === undefined ? [] : homesOf(here.item, key, at)
}

/** The mapping (or list) among the forms that a value may have; no value here has two forms of mapping. */
function mappingOf(schema: Shape): Shape | undefined {
  if (schema.wrapped !== undefined) return mappingOf(schema.wrapped)
  if (schema.entries !== undefined || schema.value !== undefined || schema.item !== undefined) return schema
  const forms = (schema.options ?? []).filter((option) => typeof option === 'object').map(mappingOf)
  return forms.find((form) => form?.entries !== undefined) ?? forms.find((form) => form !== undefined)
}

/** A list where only a mapping makes sense; the schema library itself takes a list for an object. */
export interface MisplacedList {
  readonly path: KeyPath
  readonly expected: string
  readonly value: unknown
}

/** All lists of a value that stand where its schema has a mapping. */
export function misplacedLists(schema: unknown, value: unknown, path: KeyPath = []): readonly MisplacedList[] {
  const forms = formsOf(schema as Shape)
  const mapping = forms.find((form) => form.entries !== undefined || form.value !== undefined)
  if (Array.isArray(value)) {
    const item = forms.find((form) => form.item !== undefined)?.item
    if (item !== undefined) return value.flatMap((each, index) => misplacedLists(item, each, [...path, index]))
    return mapping === undefined ? [] : [{ path, expected: String(mapping.message), value }]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const next = mapping?.entries?.[key] ?? mapping?.value
    return next === undefined ? [] : misplacedLists(next, inner, [...path, key])
  })
}

function formsOf(schema: Shape): readonly Shape[] {
  if (schema.wrapped !== undefined) return formsOf(schema.wrapped)
  if (schema.options === undefined) return [schema]
  return schema.options.filter((option) => typeof option === 'object').flatMap(formsOf)
}

/** A schema of valibot as far as its shape is looked at here. */
interface Shape {
  readonly type: string
  readonly entries?: Readonly<Record<string, Shape>>
  readonly wrapped?: Shape
  readonly options?: readonly (Shape | string)[]
  readonly item?: Shape
  readonly value?: Shape
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

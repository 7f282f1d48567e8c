import { deepest, type Kind, kindOf, type Shape } from './json-shape.ts'

const names: Readonly<Record<Kind, string>> = {
  null: 'null',
  boolean: 'a boolean',
  number: 'a number',
  string: 'a string',
  array: 'an array',
  object: 'an object',
}

/**
 * What a client that knows only the old shape may trip over: other types, and members that were always there and are not any
 * more. New members are compatible, and of an array that was empty nothing is known. Each text begins with a JSON pointer
 * (RFC 6901): `/total was a number and is a string`. Of the elements of an array the first one is told that differs in a way.
 */
export function differencesFrom(old: Shape, value: unknown): readonly string[] {
  const found = new Map<string, string>()
  compare(old, value, { pointer: '', pattern: '', depth: 0, found })
  return [...found.values()]
}

interface Place {
  readonly pointer: string
  /** The pointer without the indices of arrays. */
  readonly pattern: string
  readonly depth: number
  readonly found: Map<string, string>
}

function compare(old: Shape, value: unknown, place: Place): void {
  const kind = kindOf(value)
  if (!old.kinds.has(kind)) {
    const was = [...old.kinds].map((known) => names[known]).join(' or ')
    return tell(place, `was ${was} and is ${names[kind]}`)
  }
  if (place.depth === deepest || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    if (old.elements === undefined) return
    for (const [index, element] of value.entries()) compare(old.elements, element, below(place, String(index), '-'))
    return
  }
  const members = new Map<string, unknown>(Object.entries(value))
  for (const [name, { shape, always }] of old.members) {
    const token = name.replaceAll('~', '~0').replaceAll('/', '~1')
    const member = below(place, token, token)
    if (members.has(name)) compare(shape, members.get(name), member)
    else if (always) tell(member, 'is missing')
  }
}

function below({ pointer, pattern, depth, found }: Place, token: string, generic: string): Place {
  return { pointer: `${pointer}/${token}`, pattern: `${pattern}/${generic}`, depth: depth + 1, found }
}

function tell({ pointer, pattern, found }: Place, what: string): void {
  const key = `${pattern} ${what}`
  if (!found.has(key)) found.set(key, `${pointer === '' ? 'the body' : pointer} ${what}`)
}

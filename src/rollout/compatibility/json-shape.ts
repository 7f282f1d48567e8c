/** A type of JSON values (RFC 8259 section 3). */
export type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** What is known of the JSON values that were seen at one place. */
export interface Shape {
  readonly kinds: ReadonlySet<Kind>
  readonly members: ReadonlyMap<string, Member>
  /** Of all elements together; undefined as long as no element was seen. */
  readonly elements: Shape | undefined
}

interface Member {
  readonly shape: Shape
  /** Every object at this place had it. */
  readonly always: boolean
}

/** What lies deeper is not looked at. */
export const deepest = 64

export function kindOf(value: unknown): Kind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object'
}

/** The shape of a value that `JSON.parse` has made. */
export function shapeOf(value: unknown, depth = 0): Shape {
  const kinds = new Set([kindOf(value)])
  if (depth === deepest || typeof value !== 'object' || value === null)
    return { kinds, members: new Map(), elements: undefined }
  if (Array.isArray(value)) {
    const shapes = value.map((element) => shapeOf(element, depth + 1))
    const [first, ...others] = shapes
    return { kinds, members: new Map(), elements: first === undefined ? undefined : others.reduce(mergeShapes, first) }
  }
  const members = Object.entries(value).map(
    ([name, member]) => [name, { shape: shapeOf(member, depth + 1), always: true }] as const,
  )
  return { kinds, members: new Map(members), elements: undefined }
}

/** What is known when both were seen at the same place. */
export function mergeShapes(a: Shape, b: Shape): Shape {
  const members = new Map(a.members)
  const both = a.kinds.has('object') && b.kinds.has('object')
  for (const [name, member] of b.members) {
    const known = members.get(name)
    if (known === undefined) members.set(name, { ...member, always: member.always && !both })
    else members.set(name, { shape: mergeShapes(known.shape, member.shape), always: known.always && member.always })
  }
  if (both)
    for (const [name, member] of a.members) if (!b.members.has(name)) members.set(name, { ...member, always: false })
  const elements =
    a.elements === undefined || b.elements === undefined
      ? (a.elements ?? b.elements)
      : mergeShapes(a.elements, b.elements)
  return { kinds: new Set([...a.kinds, ...b.kinds]), members, elements }
}

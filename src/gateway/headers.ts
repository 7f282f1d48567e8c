/** Field lists are flat: name, value, name, value, in the order and case of the sender. */

/** The first value of a field, by name in lower case. */
export function fieldOf(raw: readonly string[], name: string): string | undefined {
  return fieldsOf(raw, name)[0]
}

/** All values of a field, by name in lower case. */
export function fieldsOf(raw: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (const [key, value] of fields(raw))
    if (key.length === name.length && key.toLowerCase() === name) values.push(value)
  return values
}

/** Name and value pairs of a flat list. */
export function* fields(raw: readonly string[]): Generator<readonly [string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? '']
}

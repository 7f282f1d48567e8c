/** The value of a JSON text; undefined where it is none, as what a crash has left half-written. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The same, for who wants an object and takes nothing else. */
export function parseJsonObject(text: string): Readonly<Partial<Record<string, unknown>>> | undefined {
  const value = parseJson(text)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}

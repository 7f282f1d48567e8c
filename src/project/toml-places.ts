/** A place in a text, counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Where the keys and tables of a TOML text stand, by dotted path; tables of an array carry their index. */
export type TomlPlaces = ReadonlyMap<string, Place>

/**
 * Finds keys in a text that a TOML 1.0 parser has accepted; keys inside inline tables are not listed, their table is.
 * The parser itself tells no positions but of mistakes.
 */
export function locateToml(text: string): TomlPlaces {
  const places = new Map<string, Place>()
  const counts = new Map<string, number>()
  let table: readonly string[] = []
  let offset = 0
  while (offset < text.length) {
    offset = skip(text, offset, /[\s]*(?:#[^\n]*\s*)*/y)
    if (offset >= text.length) break
    const header = match(text, offset, /\[(\[)?[ \t]*/y)
    if (header !== undefined) {
      const names = keyAt(text, offset + header[0].length)
      const name = indexed(names.parts, counts, header[1] !== undefined)
      table = name
      note(places, name, placeOf(text, offset + header[0].length))
      offset = skip(text, names.end, /[^\n]*/y)
      continue
    }
    const names = keyAt(text, offset)
    const place = placeOf(text, offset)
    for (const [depth] of names.parts.entries()) note(places, [...table, ...names.parts.slice(0, depth + 1)], place)
    offset = skipValue(text, skip(text, names.end, /[ \t]*=?[ \t]*/y))
  }
  return places
}

function note(places: Map<string, Place>, path: readonly string[], place: Place): void {
  if (!places.has(path.join('.'))) places.set(path.join('.'), place)
}

/** The path of a header, with the index of every array of tables on its way. */
function indexed(parts: readonly string[], counts: Map<string, number>, isArray: boolean): readonly string[] {
  const path: string[] = []
  for (const [depth, part] of parts.entries()) {
    path.push(part)
    const key = path.join('.')
    const last = depth === parts.length - 1
    if (last && isArray) counts.set(key, (counts.get(key) ?? -1) + 1)
    const count = counts.get(key)
    if (count !== undefined) path.push(String(count))
  }
  return path
}

function keyAt(text: string, from: number): { readonly parts: readonly string[]; readonly end: number } {
  const parts: string[] = []
  let end = from
  for (;;) {
    const found = match(text, end, /[ \t]*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|([\w-]+))[ \t]*/y)
    // Cannot happen in a text that was parsed; one character is skipped so that the scan ends in any case.
    if (found === undefined) return { parts, end: Math.max(end, from + 1) }
    parts.push(found[1] ?? found[2] ?? found[3] ?? '')
    end += found[0].length
    if (text[end] !== '.') return { parts, end }
    end++
  }
}

function skipValue(text: string, from: number): number {
  let depth = 0
  let offset = from
  while (offset < text.length) {
    const quoted = match(text, offset, /"""(?:\\[^]|[^\\])*?"""+|'''[^]*?'''+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*/y)
    if (quoted !== undefined) {
      offset += quoted[0].length
      continue
    }
    const char = text.charAt(offset)
    if (char === '[' || char === '{') depth++
    if (char === ']' || char === '}') depth--
    if (char === '\n' && depth <= 0) return offset
    offset++
  }
  return offset
}

function match(text: string, offset: number, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = offset
  return pattern.exec(text) ?? undefined
}

function skip(text: string, offset: number, pattern: RegExp): number {
  return offset + (match(text, offset, pattern)?.[0].length ?? 0)
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}

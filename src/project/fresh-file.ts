/** One `key: value` line of a `runner.conf`. */
export interface FreshEntry {
  readonly key: string
  readonly value: string
  /** Counted from 1. */
  readonly line: number
  readonly column: number
}

export interface FreshFile {
  /** Entries that count, in order; of a repeated key only the last. */
  readonly entries: ReadonlyMap<string, FreshEntry>
  /** Entries of a section that fresh reads and passes over. */
  readonly elsewhere: readonly (FreshEntry & { readonly section: string })[]
  /** The last line, where it has no line end: fresh drops it. */
  readonly unended?: number
}

/**
 * Reads the format of fresh's parser: key and value are separated by the first `:`, `=` or white space; `#` and `;` begin a
 * comment anywhere; quotes belong to the value; only keys before any section or under `[Settings]` count. Unlike fresh it
 * reads a last line that has no line end, and says which.
 */
export function parseFresh(text: string): FreshFile {
  const entries = new Map<string, FreshEntry>()
  const elsewhere: (FreshEntry & { readonly section: string })[] = []
  let section = 'Settings'
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.replace(/[#;].*$/, '').trim()
    const header = /^\[(.*)\]$/.exec(line)
    if (header !== null) {
      section = String(header[1]).trim()
      continue
    }
    const [, key = '', rest = ''] = /^([^\s:=]+)(.*)$/.exec(line) ?? []
    if (key === '') continue
    const value = rest.replace(/^\s*[:=]?/, '').trim()
    const entry = { key, value, line: index + 1, column: whole.search(/\S/) + 1 }
    if (section === 'Settings') entries.set(key, entry)
    else elsewhere.push({ ...entry, section })
  }
  const lines = text.split('\n')
  const unended = (lines.at(-1) ?? '').trim() === '' ? undefined : lines.length
  return { entries, elsewhere, ...(unended === undefined ? {} : { unended }) }
}

import { stripVTControlCharacters } from 'node:util'

/** Rows as lines of aligned columns, two spaces between them. `right`: columns that are aligned to the right. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell))
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const gap = ' '.repeat((widths[index] ?? 0) - width(cell))
        return right.includes(index) ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd(),
  )
}

/** What a terminal shows of it; colours take no room. */
export function width(cell: string): number {
  return stripVTControlCharacters(cell).length
}

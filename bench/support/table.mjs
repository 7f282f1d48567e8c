/** Lines of a Markdown table whose columns line up in a terminal too. `rows` hold one text per heading. */
export function tableLines(headings, rows) {
  const widths = headings.map((heading, column) =>
    rows.reduce((width, row) => Math.max(width, row[column].length), heading.length),
  )
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [line(headings), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)]
}

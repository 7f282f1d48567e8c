import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'

export const checkout = path.resolve(import.meta.dirname, '../..')

/** A page of the documentation. */
export interface Page {
  /** Relative to the checkout, with forward slashes. */
  readonly name: string
  readonly text: string
}

export function page(name: string): Page {
  return { name, text: readFileSync(path.join(checkout, name), 'utf8') }
}

/** README.md and everything below docs. */
export function pages(): readonly Page[] {
  const docs = readdirSync(path.join(checkout, 'docs'), { recursive: true, encoding: 'utf8' })
  const names = docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name.split(path.sep).join('/')}`)
  return ['README.md', ...names.sort()].map(page)
}

/** Rows of all tables, cell by cell, without heads and rulers. A `\|` is part of its cell. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n')
  return lines
    .filter((line, index) => isRow(line) && !isRuler(line) && !isRuler(lines[index + 1] ?? ''))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )
}

/** What stands between backticks. */
export function codeIn(text: string): readonly string[] {
  return Array.from(text.matchAll(/`([^`]+)`/g), ([, code = '']) => code)
}

/** The part of a page from a heading to the next one of the same level or a higher one. */
export function section(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`)
  if (start === -1) throw new Error(`there is no heading ${heading}`)
  const level = heading.indexOf(' ')
  const rest = text.slice(start + heading.length + 2)
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'))
  return end === -1 ? rest : rest.slice(0, end)
}

/** Anchors of the headings, as GitHub makes them. */
export function anchorsOf(text: string): readonly string[] {
  return Array.from(text.matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

function isRow(line: string): boolean {
  return line.startsWith('|') && line.endsWith('|')
}

function isRuler(line: string): boolean {
  return /^\|(?:\s*:?-+:?\s*\|)+$/.test(line)
}

import { createHash } from 'node:crypto'
import { type GoToken, goTokens } from './go-tokens.ts'

/** What of a Go file decides how its package is built, and what decides whether the program is another one. */
export interface GoShape {
  /**
   * All that `go list` reads from a file but its name: package, imports, constraints, embed patterns, `//go:debug`. Equal
   * text: the commands that build the package are the same.
   */
  readonly structure: string
  /** Equal text: the same program but for line numbers. */
  readonly tokens: string
}

/** Directives that the Go command obeys itself, besides those before the package clause. */
const obeyed = /^\/\/go:(?:embed|debug|cgo_|binary-only-package)/

/** Characters that are errors even inside comments, or stand for bytes that are. */
const faulty = /[\0\uFFFD]|(?!^)\uFEFF/

/** The shape of a Go file. A file that is no Go text is compared as a whole. */
export function goShape(source: string): GoShape {
  const tokens = goTokens(source)
  const start = tokens.findIndex(({ kind }) => kind !== 'directive')
  const head = tokens.slice(0, Math.max(0, start)).map(({ text }) => text)
  const imports = importsOf(tokens)
  const isCgo = imports.paths.includes('C')
  // What stands in comments is C code there; and where blank lines decide (old constraints), so does their number.
  const isText = isCgo || faulty.test(source) || tokens.some(({ kind }) => kind === 'invalid')
  const structure = JSON.stringify({
    package: tokens.slice(start, start + 2).map(({ text }) => text),
    imports: [...new Set(imports.paths)].sort(),
    head: head.some((text) => text.includes('+build')) ? source.slice(0, /^package\b/m.exec(source)?.index) : head,
    obeyed: tokens.filter(({ kind, text }) => kind === 'directive' && obeyed.test(text)).map(({ text }) => text.trim()),
    ...(isCgo ? { cgo: digest(source) } : {}),
  })
  const text = isText ? source : tokens.map(({ kind, text }) => `${kind} ${text}`).join('\0')
  return { structure, tokens: digest(text) }
}

/** Paths that a file imports, from the tokens behind its package clause. Imports come before all else (specification). */
function importsOf(tokens: readonly GoToken[]): { readonly paths: readonly string[] } {
  const code = tokens.filter(({ kind }) => kind !== 'directive').map(({ text }) => text)
  const paths: string[] = []
  let place = code.indexOf(';') + 1
  while (code[place] === 'import') {
    const isGroup = code[place + 1] === '('
    const end = code.indexOf(isGroup ? ')' : ';', place)
    if (end < 0) break
    paths.push(...code.slice(place, end).flatMap((text) => (/^["`]/.test(text) ? [text.slice(1, -1)] : [])))
    place = isGroup ? end + 2 : end + 1
  }
  return { paths }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

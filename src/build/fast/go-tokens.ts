/** One token of Go source, as far as it is needed to compare two texts. */
export interface GoToken {
  /** `directive`: a comment that the toolchain obeys. `invalid`: no token of Go begins here. */
  readonly kind: 'word' | 'literal' | 'operator' | 'directive' | 'invalid'
  readonly text: string
}

/**
 * Comments that the toolchain reads: `//go:…`, `//line`, `//export` of cgo, old build constraints. Whether one stands where
 * it has a meaning is not judged.
 */
const directive = /^(?:\/\/(?:go:|line |export |extern )|\/\*line |\/\/\s*\+build\b)/

/** The lexical elements of the Go specification; where two could match, the first does. */
const elements: readonly (readonly [GoToken['kind'] | 'blank' | 'newline' | 'comment', RegExp])[] = [
  ['blank', /[ \t\r]+/y],
  ['newline', /\n/y],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['comment', /\/\/[^\n]*|\/\*[^]*?\*\//y],
  ['invalid', /\/\*/y],
  ['literal', /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|\.?\d(?:[\w.]|(?<=[eEpP])[+-])*/y],
  [
    'operator',
    /<<=|>>=|&\^=|\.\.\.|&&|\|\||<-|\+\+|--|==|!=|<=|>=|:=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|<<|>>|&\^|[-+*/%&|^<>=!()[\]{},;.:~]/y,
  ],
  ['invalid', /[^]/uy],
]

/** Keywords after which a line may not end a statement; all other words may. */
const goesOn = new Set(
  'case chan const default defer else for func go goto if import interface map package range select struct switch type var'.split(
    ' ',
  ),
)
const endsStatement = new Set(['++', '--', ')', ']', '}'])

/**
 * The tokens of a Go file, without comments and blanks, with the semicolons that the line ends stand for (specification,
 * "Semicolons"). Two files with equal tokens, none of them invalid, are the same program but for line numbers; that equal
 * programs have equal tokens is not promised.
 */
export function goTokens(source: string): readonly GoToken[] {
  const tokens: GoToken[] = []
  let endable = false
  let place = source.startsWith('\uFEFF') ? 1 : 0
  const endLine = (): void => {
    if (endable) tokens.push({ kind: 'operator', text: ';' })
    endable = false
  }
  while (place < source.length) {
    for (const [kind, element] of elements) {
      element.lastIndex = place
      const text = element.exec(source)?.[0]
      if (text === undefined) continue
      place += text.length
      if (kind === 'newline') endLine()
      else if (kind === 'comment') {
        if (text.startsWith('//') || text.includes('\n')) endLine()
        if (directive.test(text)) tokens.push({ kind: 'directive', text })
      } else if (kind !== 'blank') {
        tokens.push({ kind, text })
        endable = kind === 'literal' || (kind === 'word' && !goesOn.has(text)) || endsStatement.has(text)
      }
      break
    }
  }
  endLine()
  return tokens
}

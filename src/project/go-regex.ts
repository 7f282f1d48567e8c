/**
 * A regular expression of Go's RE2 syntax (pkg.go.dev/regexp/syntax) as one of JavaScript: named groups, text anchors,
 * ASCII classes and a leading `(?i)` are rewritten. Undefined where the result is none.
 */
export function fromGoRegex(pattern: string): string | undefined {
  const folded = pattern.startsWith('(?i)') ? foldCase(pattern.slice(4)) : pattern
  const rewritten = folded
    .replaceAll('(?P<', '(?<')
    .replace(/\\[Az]/g, (anchor) => (anchor === '\\A' ? '^' : '$'))
    .replace(/\[:(\w+):\]/g, (whole, name: string) => classes[name] ?? whole)
  try {
    void new RegExp(rewritten)
    return rewritten
  } catch {
    return undefined
  }
}

const classes: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
}

/** Patterns are kept as texts without flags, so letters name both of their cases. */
function foldCase(pattern: string): string {
  let inClass = false
  return pattern.replace(/\\.|\[:\w+:\]|[[\]]|[A-Za-z]-[A-Za-z]|[A-Za-z]/g, (part) => {
    if (part === '[') inClass = true
    if (part === ']') inClass = false
    if (!/^[A-Za-z]/.test(part)) return part
    if (part.length === 3)
      return inClass
        ? part.toLowerCase() + part.toUpperCase()
        : foldCase(part.charAt(0)) + '-' + foldCase(part.charAt(2))
    const both = part.toLowerCase() + part.toUpperCase()
    return inClass ? both : `[${both}]`
  })
}

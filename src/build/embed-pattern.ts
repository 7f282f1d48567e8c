/**
 * Tells whether a file is embedded by a pattern of `//go:embed`, also one that did not exist when the pattern was last resolved.
 * A pattern is a `path.Match` glob, relative to the package's directory, that may name the file or a directory above it;
 * below a directory, names that begin with `.` or `_` are left out unless the pattern begins with `all:` (package embed).
 * The function returned takes a path relative to the package's directory, with forward slashes.
 */
export function embedPattern(pattern: string): (name: string) => boolean {
  const all = pattern.startsWith('all:')
  const expression = globToExpression(all ? pattern.slice(4) : pattern)
  return (name) => {
    const segments = name.split('/')
    if (segments[0] === '..') return false
    return segments.some((_, index) => {
      if (!expression.test(segments.slice(0, index + 1).join('/'))) return false
      return all || segments.slice(index + 1).every((segment) => !/^[._]/.test(segment))
    })
  }
}

/** Go's `path.Match`: `*` and `?` stop at a slash, classes are `[a-z]` and `[^a-z]`, a backslash takes the next literally. */
function globToExpression(glob: string): RegExp {
  if (glob === '.') return /^/
  const tokens = glob.match(/\\[^]|\[\^?(?:\\[^]|[^\]\\])+\]|[^]/g) ?? []
  try {
    return new RegExp(`^${tokens.map(tokenToSource).join('')}$`, 'u')
  } catch {
    // A range such as [z-a], which Go takes for an error of the package: then any file may be meant.
    return /^/
  }
}

function tokenToSource(token: string): string {
  if (token === '*') return '[^/]*'
  if (token === '?') return '[^/]'
  if (token.length > 2 && token.startsWith('[')) {
    const negated = token.startsWith('[^')
    const members = token.slice(negated ? 2 : 1, -1).replace(/(\\?)([^])/g, (_, escape: string, member: string) => {
      return member === '-' ? escape + member : literal(member)
    })
    return negated ? `[^/${members}]` : `[${members}]`
  }
  return literal(token.length === 2 && token.startsWith('\\') ? token.slice(1) : token)
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
}

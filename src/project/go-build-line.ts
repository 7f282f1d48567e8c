import { hasShellSyntax, isAssignment, splitWords } from './words.ts'

/** What a plain `go build -o X PKG` says. */
export interface GoBuildLine {
  readonly env: Readonly<Record<string, string>>
  readonly flags: readonly string[]
  readonly output?: string
  readonly package: string
}

// Flags of `go help build` that stand alone; every other one takes a value.
const alone = new Set('a race msan asan cover v work x linkshared modcacherw trimpath json buildvcs'.split(' '))
const known = new Set(
  'p asmflags buildmode compiler covermode coverpkg gccgoflags gcflags installsuffix ldflags mod modfile overlay pgo pkgdir tags toolexec'.split(
    ' ',
  ),
)

/**
 * Reads a build command that the Go builder can take over: `go build` (or `go install`) of one package, perhaps with
 * assignments in front. Undefined for everything else: lists of commands, `-C`, several packages, a directory as output.
 */
export function parseGoBuild(line: string, platform: NodeJS.Platform): GoBuildLine | undefined {
  const rules = { backslash: platform !== 'win32' }
  const words = splitWords(line, rules) ?? []
  const start = words.findIndex((word) => !isAssignment(word))
  const assigned = words.slice(0, Math.max(0, start))
  // Assignments are shell syntax by themselves, but the only one that is understood here.
  const rest = line.trimStart().replace(/^(?:[A-Za-z_]\w*=[^\s'"]*\s+)+/, '')
  if (hasShellSyntax(rest, rules) || assigned.some((word) => /[$`~*]/.test(word))) return undefined
  return parseGoBuildWords(words.slice(Math.max(0, start)), assigned)
}

/** The same for words that no shell has to read. */
export function parseGoBuildWords(words: readonly string[], assigned: readonly string[] = []): GoBuildLine | undefined {
  const [go, verb, ...rest] = words
  if (go !== 'go' || (verb !== 'build' && verb !== 'install')) return undefined
  const flags: string[] = []
  let output: string | undefined
  while (rest[0]?.startsWith('-')) {
    const word = String(rest.shift())
    const [, name = '', equals, given] = /^--?([^=]+)(=)?([^]*)$/.exec(word) ?? []
    if (name === 'o') output = equals === undefined ? rest.shift() : given
    else if (alone.has(name)) flags.push(word)
    else if (!known.has(name)) return undefined
    else if (equals !== undefined) flags.push(word)
    else {
      const value = rest.shift()
      if (value === undefined) return undefined
      flags.push(word, value)
    }
  }
  if (rest.length > 1 || (output !== undefined && (output === '' || /[/\\]$/.test(output)))) return undefined
  const env = Object.fromEntries(
    assigned.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  )
  return { env, flags, ...(output === undefined ? {} : { output }), package: rest[0] ?? '.' }
}

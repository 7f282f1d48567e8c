/** How a line is cut. On Windows a backslash separates directories, so there it escapes nothing. */
export interface WordRules {
  readonly backslash?: boolean
}

/**
 * The words of a command line, with quotes and backslashes taken away as a POSIX shell would (XCU 2.2 Quoting), and
 * nothing expanded. Undefined where a quote is left open or the line ends in a backslash.
 */
export function splitWords(line: string, rules: WordRules = {}): readonly string[] | undefined {
  const escapes = rules.backslash ?? true
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let index = 0; index < line.length; index++) {
    const char = line.charAt(index)
    if (quote === "'") {
      if (char === quote) quote = undefined
      else word += char
    } else if (char === '\\' && escapes) {
      const next = line[++index]
      if (next === undefined) return undefined
      word = (word ?? '') + (quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next)
    } else if (quote === '"') {
      if (char === quote) quote = undefined
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote !== undefined) return undefined
  if (word !== undefined) words.push(word)
  return words
}

/** One line that `splitWords` cuts into these words again, and that a POSIX shell reads as these words. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}

/** Commands that only a shell knows; a line that starts with one cannot be run without it. */
const shellOnly = new Set(
  'if then for while until case select function time { ! . : alias bg cd eval exec exit export fg hash jobs read readonly return set shift source trap type ulimit umask unalias unset wait'.split(
    ' ',
  ),
)

/** Whether a line means something only to a shell: expansions, redirections, lists, assignments, built-in commands. */
export function hasShellSyntax(line: string, rules: WordRules = {}): boolean {
  const words = splitWords(line, rules)
  if (words === undefined) return true
  const [first] = words
  if (first !== undefined && (shellOnly.has(first) || isAssignment(first))) return true
  return /[|&;<>()$`*?[\]{}\n]/.test(unquoted(line, rules)) || /(^|\s)[~#]/.test(unquoted(line, rules))
}

/** Whether a word is `NAME=value`, which a shell takes as an assignment in front of a command. */
export function isAssignment(word: string): boolean {
  return /^[A-Za-z_]\w*=/.test(word)
}

/** The line without what is quoted; of double-quoted text the characters that a shell still expands are kept. */
function unquoted(line: string, rules: WordRules): string {
  const plain = (rules.backslash ?? true) ? line.replace(/'[^']*'|\\[^]/g, keepOpening) : line
  return plain.replace(/'[^']*'/g, '_').replace(/"[^"]*"/g, (text) => `_${text.replace(/[^$`]/g, '')}`)
}

function keepOpening(text: string): string {
  return text.startsWith("'") ? text : '_'
}

import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'

/** A script has tens of thousands of lines, and requests are served by the same thread. */
const linesPerTurn = 200

/** A command that the Go command would run. */
export interface ScriptCommand {
  /** Variables set before the program. */
  readonly env: Readonly<Record<string, string>>
  /** The program, then its arguments; names in the directory of work begin with `$WORK`. */
  readonly argv: readonly string[]
}

/** What `go build -n` would do: run commands, and write small files for them, by name. */
export interface ToolScript {
  readonly commands: readonly ScriptCommand[]
  readonly files: ReadonlyMap<string, string>
}

/**
 * Reads what `go build -n` prints (`cmd/go/internal/work/shell.go`): lines as for a shell, in which the current directory is
 * written `.` at the beginning of an argument, and files as here-documents. Lines of another form are passed over.
 * @param directory where the Go command ran
 */
export async function readToolScript(text: string, directory: string): Promise<ToolScript> {
  const commands: ScriptCommand[] = []
  const files = new Map<string, string>()
  const lines = text.split('\n')
  let current = directory
  let due = linesPerTurn
  for (let index = 0; index < lines.length; index++) {
    if (index >= due) {
      due = index + linesPerTurn
      await turn()
    }
    const line = lines[index] ?? ''
    const begun = /^cat >(.+?) << 'EOF'(?: # internal)?$/.exec(line)?.[1]
    const written = /^echo '(.*)' > (.+?)(?: # internal)?$/.exec(line)
    const moved = /^cd (.+)$/.exec(line)?.[1]
    if (begun !== undefined) {
      let end = index + 1
      while (end < lines.length && lines[end]?.endsWith('EOF') !== true) end++
      if (end === lines.length) break
      files.set(
        begun,
        lines
          .slice(index + 1, end + 1)
          .join('\n')
          .slice(0, -'EOF'.length),
      )
      index = end
    } else if (written !== null) files.set(written[2] ?? '', `${written[1]}\n`)
    else if (moved !== undefined) current = path.resolve(current, moved)
    else commands.push(readCommand(line, current))
  }
  return { commands, files }
}

function readCommand(line: string, directory: string): ScriptCommand {
  const env: Record<string, string> = {}
  let rest = line
  for (let match = leading.exec(rest); match !== null; match = leading.exec(rest)) {
    const [whole, name = '', quoted, escaped = '""'] = match
    env[name] = quoted ?? unquote(escaped)
    rest = rest.slice(whole.length)
  }
  return { env, argv: words(rest).map((word) => absolute(word, directory)) }
}

const leading = /^(\w+)=(?:'([^']*)'|("(?:[^"\\]|\\.)*")) /

/** The words of a line as `joinUnambiguously` writes them: plain, or quoted as in Go. */
function words(line: string): readonly string[] {
  return Array.from(line.matchAll(/"(?:[^"\\]|\\.)*"(?= |$)|[^ ]+/g), ([word]) =>
    word.startsWith('"') && word.endsWith('"') ? unquote(word) : word,
  )
}

/** Undoes Go's `strconv.Quote`. */
function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([^]))/g,
      (_, x?: string, u?: string, U?: string, c = '') =>
        c === '' ? String.fromCodePoint(Number.parseInt(x ?? u ?? U ?? '0', 16)) : (controls[c] ?? c),
    )
}

const controls: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function absolute(word: string, directory: string): string {
  return word === '.' || word.startsWith('./') || word.startsWith('.\\') ? path.join(directory, word) : word
}

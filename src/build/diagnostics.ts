import path from 'node:path'
import type { Position } from '../support/errors.ts'

/** A file name without blanks, or one with blanks that begins like a path; ends in an extension. */
const fileName = String.raw`(?:file://)?((?:(?:[A-Za-z]:)?[\\/]|\.{1,2}[\\/])[^:\n"<>|]*\.[A-Za-z]\w*|[^\s:"'<>|()]+\.[A-Za-z]\w*)`

/** Words that tools put before a position. */
const lead = String.raw`(?:(?:vet|go|error|warning|e|w|ERROR in|\[ERROR\]|\[error\]|-->|at):? +)?`

/** Each takes a line's file, line and, if told, column. Those after the first are one tool's or one family's. */
const shapes: readonly RegExp[] = [
  // go, gcc, clang, javac, rustc, esbuild, tsc --pretty: file:line[:column]
  new RegExp(String.raw`^\s*${lead}${fileName}:(\d+)(?::(\d+))?(?=$|[:\s])`),
  // tsc, C#: file(line,column): error
  new RegExp(String.raw`^\s*${lead}${fileName}\((\d+),(\d+)\): `),
  // maven: [ERROR] file:[line,column]
  new RegExp(String.raw`^\s*${lead}${fileName}:\[(\d+),(\d+)\]`),
]

/** What `go build` prints above the errors of a package. */
const header = /^# \S/

/** What the Go command tells while it goes on. */
const progress = /^go: (?:downloading|finding|extracting) /

const traceFrame = /^\s*File "([^"]+)", line (\d+)/

interface Found {
  readonly position: Position
  readonly warning: boolean
}

/**
 * The first place that a tool's output complains about, as an absolute path; an error before a warning, and of a Python
 * traceback, whose last frame is the place, the last one inside the directory. Knows the text of go, gcc, javac, tsc,
 * esbuild, rustc, maven and python; undefined where none of them is recognised.
 * @param directory where the tool ran, to which relative names belong
 */
export function firstPosition(output: string, directory: string): Position | undefined {
  const lines = stripColour(output).split('\n')
  let warning: Position | undefined
  for (const [index, line] of lines.entries()) {
    if (traceFrame.test(line)) return lastFrame(lines.slice(index), directory)
    const found = positionOf(line, directory)
    if (found === undefined) continue
    const headline = headlineOf(lines, index)
    const position = /^(?:✘|X|▲|!) \[/.test(headline) ? fromZeroBased(found.position) : found.position
    if (!found.warning && !/^(?:warning\b|(?:▲|!) \[WARNING\])/.test(headline)) return position
    warning ??= position
  }
  return warning
}

/**
 * The output for people: file names relative to the directory where they are inside it, each line of a Go package's
 * errors without the `# package` header that their paths tell already, no header twice, no downloads, no blank edges.
 */
export function tidy(output: string, directory: string): string {
  const lines = output.split(/\r?\n/).filter((line) => !progress.test(line))
  const kept: string[] = []
  const headers = new Set<string>()
  for (const [index, line] of lines.entries()) {
    if (!header.test(line)) {
      kept.push(shorten(line, directory))
      continue
    }
    const first = lines.slice(index + 1).find((each) => !header.test(each)) ?? ''
    const isTold = positionOf(stripColour(first), directory) !== undefined
    if (isTold || headers.has(line)) continue
    headers.add(line)
    kept.push(line)
  }
  return kept
    .join('\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
}

function positionOf(line: string, directory: string): Found | undefined {
  for (const shape of shapes) {
    const match = shape.exec(line)
    if (match === null) continue
    const [whole, file = '', lineNumber = '', column] = match
    const position = {
      file: path.resolve(directory, file),
      line: Number(lineNumber),
      ...(column === undefined ? {} : { column: Number(column) }),
    }
    return { position, warning: /^[\s:-]*warning\b/i.test(line.slice(whole.length)) || /^\s*(warning|w):? /.test(line) }
  }
  return undefined
}

/** Of the frames up to the next traceback, the last inside the directory, else the last. */
function lastFrame(lines: readonly string[], directory: string): Position | undefined {
  const end = lines.findIndex((line, index) => index > 0 && line.startsWith('Traceback '))
  const frames = (end < 0 ? lines : lines.slice(0, end)).flatMap((line) => {
    const [, file, lineNumber] = traceFrame.exec(line) ?? []
    return file === undefined ? [] : [{ file: path.resolve(directory, file), line: Number(lineNumber) }]
  })
  return frames.findLast((frame) => isInside(frame.file, directory)) ?? frames.at(-1)
}

/** rustc and esbuild say what is wrong, and how bad it is, in the line before the position. */
function headlineOf(lines: readonly string[], index: number): string {
  const before = lines.slice(Math.max(0, index - 2), index).findLast((line) => line.trim() !== '')
  return before?.trim() ?? ''
}

/** esbuild counts columns from 0. */
function fromZeroBased(position: Position): Position {
  return position.column === undefined ? position : { ...position, column: position.column + 1 }
}

/** Without the directory where a name begins with it, and without a `./` at the line's beginning. */
function shorten(line: string, directory: string): string {
  const inside = directory.endsWith(path.sep) ? directory : directory + path.sep
  const pieces = line.split(inside)
  const relative = pieces.reduce((text, piece) => (/[\w./\\-]$/.test(text) ? text + inside + piece : text + piece))
  return relative.replace(/^(\s*)\.[\\/](?=\S)/, '$1')
}

function isInside(file: string, directory: string): boolean {
  const relative = path.relative(directory, file)
  return !relative.startsWith('..') && !path.isAbsolute(relative)
}

function stripColour(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
  return text.replaceAll(/\u001B\[[\d;]*m/g, '')
}

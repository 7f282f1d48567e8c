import path from 'node:path'
import { type ErrorReport, formatPosition, reportError } from '../../support/errors.ts'
import type { Paint } from './paint.ts'

/** The lines in which an error is told: code and what happened, the tool's text, what hotlane did, what to do. */
export function errorLines(error: ErrorReport, paint: Paint, directory: string): readonly string[] {
  const { position } = error
  const place =
    position === undefined ? '' : `${formatPosition({ ...position, file: relativeTo(directory, position.file) })}: `
  const lines = [`${paint.red(paint.bold(error.code))} ${place}${error.message}`]
  if (error.output !== undefined && error.output.trim() !== '') {
    lines.push(
      ...error.output
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    )
  }
  lines.push(`  ${paint.dim(error.did)} ${error.remedy}`)
  return lines
}

export function printError(stream: { write: (text: string) => unknown }, error: unknown, paint: Paint): void {
  stream.write(`${errorLines(reportError(error), paint, process.cwd()).join('\n')}\n`)
}

/** A path as a person in that directory would write it. */
export function relativeTo(directory: string, file: string): string {
  const relative = path.relative(directory, file)
  return relative === '' ? '.' : relative.startsWith('..') ? file : relative
}

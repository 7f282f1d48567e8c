import { errorTable } from './error-table.ts'

/** A permanent code of the error table; once released, a code is never reused for another meaning. */
export type ErrorCode = keyof typeof errorTable

/**
 * By whom an error is caused, which decides exit code, retry and whether a stack trace is shown:
 * `user` (input or project; exit 2), `passing` (environment, may go away; exit 1), `bug` (ours; exit 70).
 */
export type Blame = 'user' | 'passing' | 'bug'

/** One row of the error table. Placeholders `{name}` are filled from the error's params. */
export interface ErrorRow {
  readonly blame: Blame
  /** What happened, one sentence without the final stop. */
  readonly happened: string
  /** What hotlane did about it, one sentence. */
  readonly did: string
  /** What the user can do, one or two sentences. */
  readonly remedy: string
}

/** A place in a file; line and column count from 1, as editors do. */
export interface Position {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

export interface ErrorDetails {
  /** Values for the placeholders of the row. */
  readonly params?: Readonly<Record<string, string | number>>
  readonly position?: Position
  /** Verbatim text of a tool (compiler output, last lines of a process), shown as it is. */
  readonly output?: string
  readonly cause?: unknown
}

/** Every error that hotlane raises on purpose. `message` is the filled `happened` sentence. */
export class HotlaneError extends Error {
  readonly code: ErrorCode
  readonly blame: Blame
  readonly did: string
  readonly remedy: string
  /** Values of the placeholders of its row. */
  readonly params: Readonly<Record<string, string | number>>
  readonly position: Position | undefined
  readonly output: string | undefined

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const row: ErrorRow = errorTable[code]
    const params = details.params ?? {}
    super(fill(row.happened, params), details.cause === undefined ? {} : { cause: details.cause })
    this.name = 'HotlaneError'
    this.code = code
    this.blame = row.blame
    this.did = fill(row.did, params)
    this.remedy = fill(row.remedy, params)
    this.params = params
    this.position = details.position
    this.output = details.output
  }
}

/** The same facts as plain data, for events, the API and `--json`. */
export interface ErrorReport {
  readonly code: ErrorCode
  readonly blame: Blame
  readonly message: string
  readonly did: string
  readonly remedy: string
  readonly position?: Position
  readonly output?: string
}

/** A report that another process has made, thrown here as it is. */
export class ReportedError extends Error {
  readonly report: ErrorReport

  constructor(report: ErrorReport) {
    super(report.message)
    this.name = 'ReportedError'
    this.report = report
  }
}

/** Any thrown value as a report; what is not a HotlaneError is a bug of ours and says so. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof ReportedError) return error.report
  const known = error instanceof HotlaneError ? error : unexpected(error)
  return {
    code: known.code,
    blame: known.blame,
    message: known.message,
    did: known.did,
    remedy: known.remedy,
    ...(known.position === undefined ? {} : { position: known.position }),
    ...(known.output === undefined ? {} : { output: known.output }),
  }
}

/** `file:line:column`, as far as known. */
export function formatPosition(position: Position): string {
  return [position.file, position.line, position.column].filter((part) => part !== undefined).join(':')
}

/** Process exit code for an error: 2 user, 1 passing, 70 bug (EX_SOFTWARE of sysexits.h). */
export function exitCodeOf(error: unknown): number {
  const { blame } = reportError(error)
  return blame === 'user' ? 2 : blame === 'passing' ? 1 : 70
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'Superseded')
}

function unexpected(error: unknown): HotlaneError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new HotlaneError('HL9001', {
    params: { what: error instanceof Error ? error.message : String(error) },
    output: text,
    cause: error,
  })
}

function fill(template: string, params: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

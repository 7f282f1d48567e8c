import type { ErrorCode, Position } from '../support/errors.ts'
import { formatPosition, HotlaneError } from '../support/errors.ts'

/** Something wrong in a settings file. */
export interface Problem {
  readonly code: ErrorCode
  readonly params: Readonly<Record<string, string | number>>
  readonly position: Position
}

/** Throws the first problem in the order of the file, with the others in its `output`; returns if there is none. */
export function raise(problems: readonly Problem[]): void {
  const inOrder = problems.toSorted((a, b) => order(a.position) - order(b.position))
  const [first, ...others] = inOrder
  if (first === undefined) return
  const output = others.map((problem) => `${formatPosition(problem.position)}: ${toError(problem).message}`).join('\n')
  throw toError(first, output === '' ? undefined : output)
}

/** A value as it is named in `should be …, but is {actual}`. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'empty'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : JSON.stringify(value)
}

function toError(problem: Problem, output?: string): HotlaneError {
  const { code, params, position } = problem
  return new HotlaneError(code, { params, position, ...(output === undefined ? {} : { output }) })
}

function order(position: Position): number {
  return (position.line ?? 0) * 100_000 + (position.column ?? 0)
}

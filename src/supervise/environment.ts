import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'

import type { Release } from '../model/release.ts'
import type { Service } from '../model/service.ts'
import type { Position } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'

/** Something in an env file that was left out, and why. */
export interface EnvProblem {
  readonly position: Position
  readonly reason: string
}

export interface EffectiveEnvironment {
  readonly env: Readonly<Record<string, string>>
  readonly problems: readonly EnvProblem[]
}

/**
 * The environment of a service, computed anew each time so that what was removed from a file is gone: env files in order
 * (a later one wins), the real environment over all of them, the service's own over everything. A missing file is skipped; a
 * line that is none of dotenv's is reported, and the rest is read.
 */
export async function effectiveEnvironment(
  real: Readonly<Record<string, string | undefined>>,
  envFiles: readonly string[],
  own: Readonly<Record<string, string>>,
): Promise<EffectiveEnvironment> {
  const files = await Promise.all(envFiles.map(readEnvFile))
  const env: Record<string, string> = {}
  for (const file of files) Object.assign(env, file.env)
  for (const [key, value] of Object.entries(real)) if (value !== undefined) env[key] = value
  return { env: Object.assign(env, own), problems: files.flatMap((file) => file.problems) }
}

/**
 * What a release keeps of its service's environment: env files and the service's own, as they are now, without the
 * machine's. `told` hears of what was left out.
 */
export async function snapshotEnvironment(
  service: Pick<Service, 'env' | 'envFiles'>,
  told?: (problem: EnvProblem) => void,
): Promise<Readonly<Record<string, string>>> {
  const { env, problems } = await effectiveEnvironment({}, service.envFiles, service.env)
  for (const problem of problems) told?.(problem)
  return env
}

/**
 * The environment of a release's processes, in the order of `effectiveEnvironment`: what its env files said when it was
 * made, under the machine's environment of now, under the service's own. So a program sees in production what it sees in
 * development, and a rollback restores all that the project says; what the machine says is the machine's.
 */
export function environmentOfRelease(
  real: Readonly<Record<string, string | undefined>>,
  release: Pick<Release, 'environment'> & { readonly service: Pick<Service, 'env'> },
): Readonly<Record<string, string>> {
  const env: Record<string, string> = { ...release.environment }
  for (const [key, value] of Object.entries(real)) if (value !== undefined) env[key] = value
  return Object.assign(env, release.service.env)
}

async function readEnvFile(file: string): Promise<EffectiveEnvironment> {
  let text
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const problems =
      errnoOf(error) === 'ENOENT' ? [] : [{ position: { file }, reason: `cannot be read: ${String(error)}` }]
    return { env: {}, problems }
  }
  return parseEnvFile(text, file)
}

/** `file` only names the positions of the problems. */
export function parseEnvFile(text: string, file: string): EffectiveEnvironment {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const problems: EnvProblem[] = []
  const env: Record<string, string> = {}
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (/^\s*(#.*)?$/.test(line)) continue
    const last = isPair(line) ? endOfValue(lines, index) : undefined
    if (last === undefined) {
      const reason = isPair(line) ? 'the quote of the value is not closed' : 'neither a comment nor KEY=VALUE'
      problems.push({ position: { file, line: index + 1 }, reason })
      continue
    }
    // One at a time: Node 20 joins an empty value with what follows it.
    Object.assign(env, parseEnv(lines.slice(index, last + 1).join('\n')))
    index = last
  }
  return { env, problems }
}

function isPair(line: string): boolean {
  return /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=/.test(line)
}

/** The line on which a value that begins on `first` ends: a quoted one may go over several; undefined if it never does. */
function endOfValue(lines: readonly string[], first: number): number | undefined {
  const opened = /^[^#=]*=\s*(["'`])(.*)$/.exec(lines[first] ?? '')
  if (opened === null) return first
  const [, quote = '', rest = ''] = opened
  if (rest.includes(quote)) return first
  const end = lines.findIndex((line, index) => index > first && line.includes(quote))
  return end === -1 ? undefined : end
}

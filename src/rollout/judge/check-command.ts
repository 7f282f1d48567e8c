import { randomUUID } from 'node:crypto'

import { describeExit, type Exit } from '../../model/instance.ts'
import type { Check } from '../../model/plan.ts'
import { runCommand } from '../../supervise/command.ts'
import type { CheckContext, Outcome } from './check-context.ts'
import { reasonOf } from './reason-of.ts'
import { urlOf } from './url-of.ts'

type CommandCheck = Extract<Check, { readonly kind: 'command' }>

/** EX_TEMPFAIL of sysexits.h: the command cannot tell yet. */
const cannotTell = 75

/**
 * Runs a command of the user's, which sees `HOTLANE_SERVICE`, `HOTLANE_RELEASE`, `HOTLANE_CANDIDATE_URL` and, where there is an
 * older release, `HOTLANE_STABLE_URL`. Its last line is told. A command that takes too long fails, and its process group ends.
 */
export async function checkCommand(check: CommandCheck, context: CheckContext, signal: AbortSignal): Promise<Outcome> {
  const limit = new AbortController()
  const abort = (): void => limit.abort(signal.reason)
  const timer = setTimeout(() => limit.abort(), check.timeoutMs)
  signal.addEventListener('abort', abort)
  let last = ''
  try {
    signal.throwIfAborted()
    const { directory, processes, service } = context
    const output = (line: string): void => void (last = tellingLine(line) ?? last)
    const id = `check-${randomUUID()}`
    const options = { directory, env: environmentOf(context), output, processes, id, kind: 'check', service }
    return verdictOn(await runCommand(check.command, options, limit.signal), last)
  } catch (error) {
    signal.throwIfAborted()
    if (limit.signal.aborted) return { verdict: 'fail', text: `not done within ${check.timeoutMs} ms${quoted(last)}` }
    return { verdict: 'error', text: reasonOf(error) }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** What is not there is not inherited either. */
function environmentOf(context: CheckContext): Readonly<Record<string, string>> {
  const { HOTLANE_STABLE_URL: _ofAnother, ...env } = context.env
  return {
    ...env,
    HOTLANE_SERVICE: context.service,
    HOTLANE_RELEASE: String(context.release),
    HOTLANE_CANDIDATE_URL: urlOf(context.candidate),
    ...(context.stable === undefined ? {} : { HOTLANE_STABLE_URL: urlOf(context.stable) }),
  }
}

/** Undefined for a line that says nothing beyond the exit code: `go run` ends with one. */
function tellingLine(line: string): string | undefined {
  const text = line.trim()
  return text === '' || /^exit status \d+$/.test(text) ? undefined : text
}

function verdictOn(exit: Exit, last: string): Outcome {
  const verdict = exit.code === 0 ? 'pass' : exit.code === cannotTell ? 'no data' : 'fail'
  return { verdict, text: `${describeExit(exit)}${quoted(last)}` }
}

function quoted(line: string): string {
  return line === '' ? '' : `, ${line}`
}

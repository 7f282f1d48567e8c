import type { GroupExit } from '../support/group/running.ts'
import { errnoOf } from '../support/files.ts'
import { HotlaneError } from '../support/errors.ts'
import { firstPosition, tidy } from './diagnostics.ts'

/** What a tool that failed told, and where it ran. */
export interface Failure {
  readonly service: string
  readonly directory: string
  readonly output: string
  readonly exit: GroupExit
}

/** HL3001 with the tool's text and the first position in it; a tool that said nothing is told by how it ended. */
export function buildFailed(failure: Failure): HotlaneError {
  const position = firstPosition(failure.output, failure.directory)
  const text = tidy(failure.output, failure.directory)
  return new HotlaneError('HL3001', {
    params: { service: failure.service },
    output: text === '' ? `it ended with ${howEnded(failure.exit)} and no output` : text,
    ...(position === undefined ? {} : { position }),
  })
}

/** A program that could not be started; `directory` where that, in which it was to run, is missing. */
interface NotStarted {
  readonly service: string
  readonly program: string
  readonly directory: string | undefined
}

/** HL1005 where the directory is missing, HL3002 where the program is, HL3001 where the system refuses to run it. */
export function startFailed(cause: unknown, where: NotStarted): HotlaneError {
  const { service, program, directory } = where
  if (directory !== undefined) {
    return new HotlaneError('HL1005', { params: { file: directory, option: 'the build directory' }, cause })
  }
  const code = errnoOf(cause)
  if (code === 'ENOENT') return new HotlaneError('HL3002', { params: { service, program }, cause })
  return new HotlaneError('HL3001', {
    params: { service },
    output: `${program} cannot be run: ${code ?? String(cause)}`,
    cause,
  })
}

function howEnded(exit: GroupExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : exit.signal
}

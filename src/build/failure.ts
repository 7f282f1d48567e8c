import type { GroupExit } from '../support/group/spawn.ts'
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

/** HL3002 where a program is not there, HL3001 where the system refuses to run it; other errors as they are. */
export function startFailed(error: unknown, where: { readonly service: string; readonly program: string }): unknown {
  const code = errnoOf(error)
  if (error instanceof HotlaneError || code === undefined) return error
  if (code === 'ENOENT') return new HotlaneError('HL3002', { params: { ...where }, cause: error })
  return new HotlaneError('HL3001', {
    params: { service: where.service },
    output: `${where.program} cannot be run: ${code}`,
    cause: error,
  })
}

function howEnded(exit: GroupExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : exit.signal
}

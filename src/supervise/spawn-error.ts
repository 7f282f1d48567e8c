import { HotlaneError } from '../support/errors.ts'
import { errnoOf, exists } from '../support/files.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it may not be executed',
  ENOEXEC: 'it is no program of this system',
  E2BIG: 'its arguments and environment are too long',
}

/** What the system said when a program could not be spawned, as HL4003; anything else as it is. */
export async function spawnError(
  error: unknown,
  { service, program, directory }: { readonly service: string; readonly program: string; readonly directory: string },
): Promise<unknown> {
  const code = errnoOf(error)
  if (code === undefined || !code.startsWith('E') || code.startsWith('ERR_')) return error
  // The system says the same of a missing directory as of a missing program.
  const isLost = code === 'ENOENT' && !(await exists(directory))
  const reason = isLost ? `its directory ${directory} does not exist` : (reasons[code] ?? code)
  return new HotlaneError('HL4003', { params: { service, program, reason }, cause: error })
}

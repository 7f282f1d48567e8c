import { exists, errnoOf } from '../support/files.ts'
import { HotlaneError } from '../support/errors.ts'
import { followOutput } from '../support/group/output.ts'
import { type Group, type GroupExit, spawnGroup } from '../support/group/spawn.ts'

/** From SIGTERM to SIGKILL of an aborted build: compilers end at once, and what they leave half-done is thrown away. */
const abortGraceMs = 300

export interface ToolOptions {
  readonly directory: string
  /** Complete environment. */
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void
}

/**
 * Runs a program in a process group of its own until it ends, and tells each line as it comes. When aborted, nothing of the
 * group is left before it rejects with the signal's reason. Processes that a program leaves behind on purpose, such as a
 * compile daemon, live on.
 * @throws the system's error where the program cannot be started; HotlaneError HL1005 where the directory is missing
 */
export async function runTool(argv: readonly [string, ...string[]], options: ToolOptions): Promise<GroupExit> {
  const { directory, env, signal, onLine } = options
  signal.throwIfAborted()
  // PWD lets Go name files below the directory as the user did, where a link leads to it.
  const group = await spawnGroup(argv, { directory, env: { ...env, PWD: directory } }).catch(async (error: unknown) => {
    if (errnoOf(error) !== 'ENOENT' || (await exists(directory))) throw error
    throw new HotlaneError('HL1005', { params: { file: directory, option: 'the build directory' }, cause: error })
  })
  const output = followOutput(group, onLine)
  await endOrAbort(group, signal)
  if (signal.aborted) await group.end('SIGTERM', abortGraceMs)
  signal.throwIfAborted()
  await output.settle()
  return group.exited
}

async function endOrAbort(group: Group, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let wake: () => void = () => undefined
  const aborted = new Promise<void>((resolve) => {
    wake = resolve
    signal.addEventListener('abort', wake)
  })
  await Promise.race([group.exited, aborted])
  signal.removeEventListener('abort', wake)
}

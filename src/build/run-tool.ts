import { exists } from '../support/files.ts'
import { followOutput } from '../support/group/output.ts'
import { lowerPriority } from '../support/group/priority.ts'
import type { GroupExit } from '../support/group/running.ts'
import { type Group, spawnGroup } from '../support/group/spawn.ts'
import { startFailed } from './failure.ts'

/** From SIGTERM to SIGKILL of an aborted build: compilers end at once, and what they leave half-done is thrown away. */
const abortGraceMs = 300

export interface ToolOptions {
  /** Whose build it is, for errors. */
  readonly service: string
  readonly directory: string
  /** Complete environment. */
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** On the scale of nice(1), 0 by default; processes that the tool starts inherit it. */
  readonly priority?: number
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void
}

/**
 * Runs a program in a process group of its own until it ends, and tells each line as it comes. When aborted, nothing of the
 * group is left before it rejects with the signal's reason. Processes that a program leaves behind on purpose, such as a
 * compile daemon, live on.
 * @throws HotlaneError HL3002 where there is no such program, HL3001 where the system refuses to run it, HL1005 where the
 * directory is missing
 */
export async function runTool(argv: readonly [string, ...string[]], options: ToolOptions): Promise<GroupExit> {
  const { service, directory, env, signal, onLine } = options
  signal.throwIfAborted()
  // PWD lets Go name files below the directory as the user did, where a link leads to it.
  const group = await spawnGroup(argv, { directory, env: { ...env, PWD: directory } }).catch(async (error: unknown) => {
    throw startFailed(error, {
      service,
      program: argv[0],
      directory: (await exists(directory)) ? undefined : directory,
    })
  })
  if (options.priority) await lowerPriority(group.pid, options.priority)
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

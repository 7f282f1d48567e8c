import type { Exit } from '../model/instance.ts'
import type { Command } from '../model/service.ts'
import { followOutput } from '../support/group/output.ts'
import { spawnGroup } from '../support/group/spawn.ts'
import { argvOf } from './argv.ts'
import { openEntry } from './journal.ts'
import { spawnError } from './spawn-error.ts'

export interface CommandOptions {
  /** Where it runs, unless the command names a directory of its own. */
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  /** Appended as separate arguments, never parsed by a shell again. */
  readonly args?: readonly string[]
  /** What it reads from its stdin; nothing if absent. */
  readonly input?: string
  /** Each line that it writes, to stdout or stderr. */
  readonly output: (line: string) => void
  /** Directory that lists running process groups. */
  readonly processes: string
  /** Unique on this machine; set as `HOTLANE_INSTANCE`. */
  readonly id: string
  /** For people: `hook`, `rule`, … */
  readonly kind: string
  readonly service: string
}

const graceMs = 500

/**
 * Runs a command of the user's in a process group of its own, and resolves with its exit, whatever that is. What it left in
 * its group, in the background, ends with it (SIGTERM, 500 ms, SIGKILL); a daemon in a session of its own goes on.
 * An abort ends the whole group in the same way; when it is gone, `runCommand` rejects with the signal's reason.
 * @throws HotlaneError HL4003
 */
export async function runCommand(command: Command, options: CommandOptions, signal: AbortSignal): Promise<Exit> {
  signal.throwIfAborted()
  const { args, env, id, input, kind, processes, service } = options
  const argv = argvOf(command, args)
  const directory = command.directory ?? options.directory
  const entry = await openEntry(processes, { id, service, kind })
  try {
    const stdin = input === undefined ? 'ignore' : { text: input }
    const group = await spawnGroup(argv, { directory, env: { ...env, HOTLANE_INSTANCE: id }, stdin }).catch(
      async (error: unknown) => {
        throw await spawnError(error, { service, program: argv[0], directory })
      },
    )
    const output = followOutput(group, options.output)
    try {
      await entry.assign(group.pid)
      await endOrAbort(group.exited, signal)
    } finally {
      await group.end('SIGTERM', graceMs)
    }
    await output.settle()
    signal.throwIfAborted()
    return await group.exited
  } finally {
    await entry.remove()
  }
}

async function endOrAbort(exited: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let abort: () => void = () => undefined
  const aborted = new Promise<void>((resolve) => (abort = resolve))
  signal.addEventListener('abort', abort)
  await Promise.race([exited, aborted])
  signal.removeEventListener('abort', abort)
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { platform } from 'node:process'

import { openChannel } from './channel.ts'
import { type GroupExit, type RunningGroup, runningGroup } from './running.ts'

export interface DetachedOptions {
  readonly directory: string
  /** Complete environment. */
  readonly env: Readonly<Record<string, string>>
  /** Descriptor to which both streams are written. */
  readonly output: number
  /** Opens an IPC channel, as Node programs know it, and takes what the process sends while this process lives. */
  readonly onMessage?: (message: unknown) => void
  readonly mark?: string
}

/**
 * Starts a program without a shell, in a process group and session of its own, that goes on when this process ends, however
 * that happens, and does not keep it from ending. Its stdin is empty. There is no IPC channel on Windows.
 * Rejects with the system's error, as `spawnGroup`.
 */
export async function spawnDetached(
  argv: readonly [string, ...string[]],
  options: DetachedOptions,
): Promise<RunningGroup> {
  const [program, ...args] = argv
  const { directory: cwd, env, output, onMessage, mark } = options
  const channel = onMessage === undefined || platform === 'win32' ? undefined : await openChannel(onMessage)
  try {
    const child = spawn(program, args, {
      cwd,
      env: { ...env, ...channel?.env },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output, output, ...(channel?.stdio ?? [])],
    })
    const exited = new Promise<GroupExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    await once(child, 'spawn')
    // From here on an error is a signal that came too late for the process: no fault.
    child.on('error', () => undefined)
    child.unref()
    if (child.pid === undefined) throw new Error('spawned without a pid')
    const group = runningGroup({ pid: child.pid, exited, mark })
    return {
      ...group,
      end: (signal, graceMs, now) => {
        // Whoever ends it waits for its exit, which must be worth staying for.
        child.ref()
        return group.end(signal, graceMs, now)
      },
    }
  } finally {
    channel?.spawned()
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { platform } from 'node:process'
import type { Readable, Writable } from 'node:stream'

import { type GroupExit, type RunningGroup, runningGroup } from './running.ts'

export interface GroupOptions {
  readonly directory: string
  /** Complete environment. */
  readonly env: Readonly<Record<string, string>>
  /** Nothing (default), hotlane's own, a text that the process reads to its end, or what is written to `Group.stdin`. */
  readonly stdin?: 'ignore' | 'inherit' | 'pipe' | { readonly text: string }
  /** Descriptors of this process that the program finds from 3 on, in their order. */
  readonly descriptors?: readonly number[]
  /** Opens an IPC channel, as Node programs know it, and takes what the process sends. */
  readonly onMessage?: (message: unknown) => void
  /** A variable of `env` that only this group's processes carry; by it those are found that leave the group. */
  readonly mark?: string
}

/** A group whose output comes through pipes. */
export interface Group extends RunningGroup {
  /** Must both be read to the end, else the process stops at a full pipe. */
  readonly stdout: Readable
  readonly stderr: Readable
  /** Where it was asked for by `stdin: 'pipe'`. */
  readonly stdin?: Writable
}

/**
 * Starts a program without a shell, in a process group (and session) of its own.
 * Rejects with the system's error (`ENOENT`, `EACCES`, …), for the directory as well as for the program.
 */
export async function spawnGroup(argv: readonly [string, ...string[]], options: GroupOptions): Promise<Group> {
  const [program, ...args] = argv
  const { directory: cwd, env, stdin = 'ignore', descriptors = [], onMessage } = options
  const child = spawn(program, args, {
    cwd,
    env,
    detached: platform !== 'win32',
    windowsHide: true,
    stdio: [
      typeof stdin === 'string' ? stdin : 'pipe',
      'pipe',
      'pipe',
      ...descriptors,
      ...(onMessage ? (['ipc'] as const) : []),
    ],
  })
  const exited = new Promise<GroupExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  if (onMessage !== undefined) child.on('message', onMessage)
  await once(child, 'spawn')
  // From here on an error is a signal or a message that came too late for the process: no fault.
  child.on('error', () => undefined)
  const { pid, stdout, stderr } = child
  if (pid === undefined || stdout === null || stderr === null) throw new Error('spawned without a pid or pipes')
  // A program that does not read its input to the end is free to do so.
  child.stdin?.on('error', () => undefined)
  if (typeof stdin !== 'string') child.stdin?.end(stdin.text)
  const input = stdin === 'pipe' && child.stdin !== null ? { stdin: child.stdin } : {}
  return { ...runningGroup({ pid, exited, mark: options.mark }), stdout, stderr, ...input }
}

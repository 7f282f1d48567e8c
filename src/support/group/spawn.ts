import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { platform } from 'node:process'
import type { Readable, Writable } from 'node:stream'

import { census, type Target } from './census.ts'
import { endProcesses } from './end.ts'
import type { ProcessRow } from './process-row.ts'
import { findProcess } from './processes.ts'

/** How a process ended: an exit code or a signal. */
export interface GroupExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface GroupOptions {
  readonly directory: string
  /** Complete environment. */
  readonly env: Readonly<Record<string, string>>
  /** Nothing (default), hotlane's own, or a text that the process reads to its end. */
  readonly stdin?: 'ignore' | 'inherit' | { readonly text: string }
  /** Opens an IPC channel, as Node programs know it, and takes what the process sends. */
  readonly onMessage?: (message: unknown) => void
  /** A variable of `env` that only this group's processes carry; by it those are found that leave the group. */
  readonly mark?: string
}

/** A process and all that it starts. */
export interface Group {
  readonly pid: number
  /** Must both be read to the end, else the process stops at a full pipe. */
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when the first process has ended; others of the group may live on. Never rejects. */
  readonly exited: Promise<GroupExit>
  /** Pids of all living processes of the group and of its strays. */
  readonly members: () => Promise<readonly number[]>
  /**
   * Signals the whole group, waits until it and its strays are gone, kills after the grace. May be called again, and after
   * the first process has ended, when it ends what that left behind.
   */
  end(signal: NodeJS.Signals, graceMs: number, now?: AbortSignal): Promise<GroupEnd>
}

export interface GroupEnd {
  readonly exit: GroupExit
  /** True where SIGKILL was needed. */
  readonly killed: boolean
}

/**
 * Starts a program without a shell, in a process group (and session) of its own.
 * Rejects with the system's error (`ENOENT`, `EACCES`, …), for the directory as well as for the program.
 */
export async function spawnGroup(argv: readonly [string, ...string[]], options: GroupOptions): Promise<Group> {
  const [program, ...args] = argv
  const { directory: cwd, env, stdin = 'ignore', onMessage } = options
  const child = spawn(program, args, {
    cwd,
    env,
    detached: platform !== 'win32',
    windowsHide: true,
    stdio: [typeof stdin === 'string' ? stdin : 'pipe', 'pipe', 'pipe', ...(onMessage ? (['ipc'] as const) : [])],
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
  if (typeof stdin !== 'string') feed(child.stdin, stdin.text)
  const first = findProcess(pid).catch(() => undefined)
  return {
    pid,
    stdout,
    stderr,
    exited,
    members: async () => {
      const rows = await census(await targetOf(pid, await first, options.mark))()
      return rows.map((row) => row.pid)
    },
    end: async (signal, graceMs, now) => {
      const { killed } = await endProcesses(await targetOf(pid, await first, options.mark), { signal, graceMs, now })
      return { exit: await exited, killed }
    },
  }
}

/** The pid may have gone to a stranger since the first process ended; then only marked ones are left to end. */
async function targetOf(pid: number, first: ProcessRow | undefined, mark: string | undefined): Promise<Target> {
  const now = await findProcess(pid)
  return {
    ...(now === undefined || now.began === first?.began ? { group: pid } : {}),
    ...(mark === undefined ? {} : { mark }),
    ...(first === undefined ? {} : { since: first.began }),
  }
}

function feed(stdin: Writable | null, text: string): void {
  // A program that does not read its input to the end is free to do so.
  stdin?.on('error', () => undefined)
  stdin?.end(text)
}

import { census, type Target } from './census.ts'
import { endProcesses } from './end.ts'
import type { ProcessRow } from './process-row.ts'
import { findProcess } from './processes.ts'

/** How a process ended: an exit code or a signal; neither where it was another's child, whose end nobody tells. */
export interface GroupExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process and all that it starts. */
export interface RunningGroup {
  readonly pid: number
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

export interface GroupFacts {
  /** Of the first process, which leads the group. */
  readonly pid: number
  readonly exited: Promise<GroupExit>
  /** A variable that only this group's processes carry; by it those are found that leave the group. */
  readonly mark?: string | undefined
}

/** A group whose first process runs at the time of the call, whoever started it. */
export function runningGroup({ pid, exited, mark }: GroupFacts): RunningGroup {
  const first = findProcess(pid).catch(() => undefined)
  return {
    pid,
    exited,
    members: async () => {
      const rows = await census(await targetOf(pid, await first, mark))()
      return rows.map((row) => row.pid)
    },
    end: async (signal, graceMs, now) => {
      const { killed } = await endProcesses(await targetOf(pid, await first, mark), { signal, graceMs, now })
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

import { platform } from 'node:process'

import type { ProcessRow } from './process-row.ts'
import { bootFromProcfs, processesFromProcfs, processFromProcfs, startedWith } from './procfs.ts'
import { processesFromPs } from './ps.ts'

/**
 * Every process of this machine: procfs on Linux, `ps` on other POSIX systems. On Windows there are no process groups;
 * there the list is empty and groups are ended by `taskkill`, which walks the tree itself.
 */
export async function listProcesses(): Promise<readonly ProcessRow[]> {
  if (platform === 'linux') return processesFromProcfs()
  if (platform === 'win32') return []
  return processesFromPs()
}

/** One process, or undefined where there is none of that pid. */
export async function findProcess(pid: number): Promise<ProcessRow | undefined> {
  if (platform === 'linux') return processFromProcfs(pid)
  return (await listProcesses()).find((row) => row.pid === pid)
}

/**
 * Whether a process was started with this variable in its environment. Only Linux tells; elsewhere always false, and
 * stray descendants are found by their parents alone.
 */
export async function hasVariable(pid: number, variable: string): Promise<boolean> {
  return platform === 'linux' && startedWith(pid, variable)
}

/**
 * When a process began, as a text that no other process of the same pid ever has: start time and boot. Undefined where
 * there is no such process, or where the platform does not tell.
 */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  const row = await findProcess(pid)
  if (row === undefined) return undefined
  return platform === 'linux' ? `${row.began}@${bootFromProcfs()}` : String(row.began)
}

/** Whether a pid names a process that has not ended and that we may signal. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // An orphan that its new parent does not collect answers the null signal for ever.
  return platform !== 'linux' || processFromProcfs(pid)?.dead === false
}

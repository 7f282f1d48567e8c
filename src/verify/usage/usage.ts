import { platform } from 'node:process'
import { usageFromProcfs } from './procfs.ts'
import { usageFromPs } from './ps.ts'

/** What a process has used so far. */
export interface Usage {
  /** Processor time of all its threads since its start, in ms. */
  readonly cpuMs: number
  /** Resident memory in bytes. */
  readonly rssBytes: number
}

/** Usage of a process without its children: procfs on Linux, `ps` on other POSIX systems, unknown on Windows. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  if (platform === 'linux') return usageFromProcfs(pid)
  return platform === 'win32' ? undefined : usageFromPs(pid)
}

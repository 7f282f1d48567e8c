import { readFile } from 'node:fs/promises'
import type { Usage } from './usage.ts'

/** USER_HZ, the unit of times in /proc/PID/stat; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** proc_pid_stat(5), fields 14 and 15, and proc_pid_status(5), VmRSS. */
export async function usageFromProcfs(pid: number): Promise<Usage | undefined> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile(`/proc/${pid}/status`, 'latin1'),
    ])
    // The name in field 2 may itself contain spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
    return { cpuMs: (ticks * 1000) / ticksPerSecond, rssBytes: kibibytes * 1024 }
  } catch {
    return undefined
  }
}

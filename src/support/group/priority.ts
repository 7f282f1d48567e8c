import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { platform } from 'node:process'

/**
 * Sets the priority of a process group that was just started, on the scale of nice(1); what it starts inherits it.
 *
 * Linux may share processors out by session first, and a group of ours is a session of its own: then the nice value of a
 * process counts only inside of it, and the session's own value against others (sched(7), "The autogroup feature"). Where
 * there is no such value, or it may not be set (only root may set more than one in a tenth of a second), the nice value
 * alone is left. Never throws: the group may have ended.
 */
export async function lowerPriority(pid: number, priority: number): Promise<void> {
  try {
    setPriority(pid, priority)
  } catch {
    return
  }
  if (platform === 'linux') await writeFile(`/proc/${pid}/autogroup`, String(priority)).catch(() => undefined)
}

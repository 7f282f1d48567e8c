import { readFile } from 'node:fs/promises'
import { firstLineOf } from './programs.mjs'

// USER_HZ, the unit of /proc/PID/stat; 100 on every Linux that Node runs on.
const ticksPerSecond = 100

/** Resident memory of one process, without its children, in MB (10^6 bytes). */
export async function residentMegabytes(pid) {
  const kibibytes = Number((await firstLineOf('ps', ['-o', 'rss=', '-p', String(pid)]))?.trim())
  return (kibibytes * 1024) / 1_000_000
}

/**
 * Processor time that a process has used, in ms, without that of its children. From /proc where there is one (steps of
 * 10 ms), else from `ps` (steps of 10 ms on macOS, of a second elsewhere).
 */
export async function processorMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined)
  if (stat === undefined) return clockMs((await firstLineOf('ps', ['-o', 'time=', '-p', String(pid)])) ?? '')
  // Fields after the name, which may itself hold spaces and parentheses: utime is the 14th of all, stime the 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}

/**
 * Processor time, in ms, of children of this process that have ended, and of theirs; in steps of 10 ms. Undefined where there is
 * no /proc.
 */
export async function endedChildrenMs() {
  const stat = await readFile('/proc/self/stat', 'latin1').catch(() => undefined)
  if (stat === undefined) return undefined
  // cutime is the 16th field, cstime the 17th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[13]) + Number(fields[14])) * 1000) / ticksPerSecond
}

/** `MM:SS.cc` or `HH:MM:SS` in ms. */
function clockMs(text) {
  return (
    text
      .trim()
      .split(':')
      .map(Number)
      .reduce((sum, part) => sum * 60 + part, 0) * 1000
  )
}

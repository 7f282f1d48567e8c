import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

import type { ProcessRow } from './process-row.ts'

/** How long is read before the event loop gets its turn, which may have requests to pass on. A read takes 10 to 100 µs. */
const turnMs = 0.5

let turn = performance.now()

async function takeTurns(): Promise<void> {
  if (performance.now() - turn < turnMs) return
  await setImmediate()
  turn = performance.now()
}

/**
 * Fields of `/proc/<pid>/stat`, proc_pid_stat(5); undefined where the text is not one. The name in field 2 may itself
 * contain spaces and parentheses, so counting begins behind the last one.
 */
export function parseStat(text: string): ProcessRow | undefined {
  const pid = Number.parseInt(text, 10)
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group] = rest
  const began = rest[19]
  if (Number.isNaN(pid) || state === undefined || began === undefined) return undefined
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    began: Number(began),
    dead: state === 'Z' || state === 'X' || state === 'x',
  }
}

/**
 * More than all fields up to the last that is looked at, which are numbers but for a name of 64 bytes at most. One for all
 * reads: a read of a whole file takes a new buffer of 64 KiB for each, as such files do not tell their size.
 */
const stat = Buffer.alloc(1024)

export function processFromProcfs(pid: number): ProcessRow | undefined {
  let descriptor
  try {
    descriptor = openSync(`/proc/${pid}/stat`, 'r')
    return parseStat(stat.toString('latin1', 0, readSync(descriptor, stat)))
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Every process that can be seen. Synchronous reads, since procfs never waits for a disk, a few at a time. */
export async function processesFromProcfs(): Promise<readonly ProcessRow[]> {
  const rows: ProcessRow[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    await takeTurns()
    const row = processFromProcfs(pid)
    if (row !== undefined) rows.push(row)
  }
  return rows
}

/** Whether a process was started with `NAME=value` in its environment; false where that may not be read. */
export async function startedWith(pid: number, variable: string): Promise<boolean> {
  await takeTurns()
  try {
    // As for `stat`, the thread pool would take four times as long for it.
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
    return `\0${environment}`.includes(`\0${Buffer.from(variable).toString('latin1')}\0`)
  } catch {
    return false
  }
}

/** Differs after each boot, so that a pid and a time from before it are not taken for one of now. */
export function bootFromProcfs(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}

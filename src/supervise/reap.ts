import { rm } from 'node:fs/promises'

import { census, type Target } from '../support/group/census.ts'
import { endProcesses } from '../support/group/end.ts'
import { startTimeOf } from '../support/group/processes.ts'
import { entryFile, type JournalEntry, type Listed, readEntries, readEntry } from './journal.ts'

export interface Reaped {
  readonly pid: number
  readonly service: string
}

const graceMs = 2000

/**
 * Ends what an earlier hotlane left running, as its journal lists it: SIGTERM, 2 s, SIGKILL. A group is ended only if its
 * first process is the very one that was listed (pid and start time); whatever else is ended carries the listed id in its
 * environment. What is to outlive hotlane (`detached/`) is left alone, with its record. To be called before anything is started, by one hotlane per directory.
 * An abort kills at once what is being ended, and rejects with the signal's reason.
 */
export async function reap(directory: string, signal: AbortSignal): Promise<readonly Reaped[]> {
  const entries = await readEntries(directory)
  const reaped = await Promise.all(
    entries.map(async (listed) => {
      signal.throwIfAborted()
      return listed.entry?.kind === 'detached' ? [] : endListed(listed, signal)
    }),
  )
  signal.throwIfAborted()
  return reaped.flat()
}

/** Ends what is listed by this id, if it is, in the same way. */
export async function reapOne(directory: string, id: string, now: AbortSignal): Promise<void> {
  await endListed(await readEntry(entryFile(directory, id)), now)
}

async function endListed({ file, entry }: Listed, now: AbortSignal): Promise<readonly Reaped[]> {
  const pid = entry === undefined ? undefined : await endEntry(entry, now)
  await rm(file, { force: true }).catch(() => undefined)
  return pid === undefined || entry === undefined ? [] : [{ pid, service: entry.service }]
}

/** Returns the pid for which something was ended. */
export async function endEntry(
  entry: Pick<JournalEntry, 'id' | 'pid' | 'startTime'>,
  now: AbortSignal,
): Promise<number | undefined> {
  const target: Target = {
    mark: `HOTLANE_INSTANCE=${entry.id}`,
    ...(entry.pid !== undefined && (await isSame(entry.pid, entry.startTime)) ? { group: entry.pid } : {}),
  }
  const left = await census(target)()
  if (left[0] === undefined) return undefined
  await endProcesses(target, { signal: 'SIGTERM', graceMs, now })
  return target.group ?? left[0].pid
}

async function isSame(pid: number, startTime: string | undefined): Promise<boolean> {
  return startTime !== undefined && (await startTimeOf(pid)) === startTime
}

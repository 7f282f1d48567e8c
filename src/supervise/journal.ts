import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'

import { writeFileAtomic } from '../support/files.ts'
import { startTimeOf } from '../support/group/processes.ts'
import { parseJsonObject } from '../support/json.ts'

/** What runs, as it is listed for a later hotlane. */
export interface JournalEntry {
  /** Value of `HOTLANE_INSTANCE` in the environment of the group's processes. */
  readonly id: string
  readonly service: string
  /** What it is for people: `instance`, `hook`, `rule`, …; `detached` for what is to outlive hotlane (`detached/record.ts`). */
  readonly kind: string
  /** Absent until the process is spawned, and where hotlane died in between. */
  readonly pid?: number
  /** With the pid, names one process for ever; absent where the platform does not tell. */
  readonly startTime?: string
}

export interface OpenEntry {
  /** Adds the pid and start time of the process that was spawned. */
  assign(pid: number): Promise<void>
  /** To be called when the whole group is gone. Never rejects: an entry that stays is found to be void by the next reaping. */
  remove(): Promise<void>
}

/** Lists a process group before it is spawned, so that at no moment one runs unlisted. One file per group, named by its id. */
export async function openEntry(directory: string, entry: JournalEntry): Promise<OpenEntry> {
  const file = entryFile(directory, entry.id)
  const write = (content: JournalEntry) => writeFileAtomic(file, `${JSON.stringify(content)}\n`)
  await write(entry)
  return {
    async assign(pid) {
      const startTime = await startTimeOf(pid)
      await write({ ...entry, pid, ...(startTime === undefined ? {} : { startTime }) })
    },
    remove: () => rm(file, { force: true }).catch(() => undefined),
  }
}

/** Where the entry of an id is kept. */
export function entryFile(directory: string, id: string): string {
  return path.join(directory, `${encodeURIComponent(id)}.json`)
}

/** `entry` is undefined for what is torn, foreign or cannot be read. */
export interface Listed {
  readonly file: string
  readonly entry: JournalEntry | undefined
}

/** The entries of a directory with their files. */
export async function readEntries(directory: string): Promise<readonly Listed[]> {
  const names = await readdir(directory).catch(() => [])
  return Promise.all(names.map((name) => readEntry(path.join(directory, name))))
}

export async function readEntry(file: string): Promise<Listed> {
  const text = file.endsWith('.json') ? await readFile(file, 'utf8').catch(() => '') : ''
  return { file, entry: parseEntry(text) }
}

export function parseEntry(text: string): JournalEntry | undefined {
  const { id, service, kind, pid, startTime } = parseJsonObject(text) ?? {}
  if (typeof id !== 'string' || id === '' || typeof service !== 'string' || typeof kind !== 'string') return undefined
  return {
    id,
    service,
    kind,
    // Pids below 2 name no process of ours, and as a group they would name all.
    ...(Number.isSafeInteger(pid) && Number(pid) > 1 ? { pid: Number(pid) } : {}),
    ...(typeof startTime === 'string' ? { startTime } : {}),
  }
}

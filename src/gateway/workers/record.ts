import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { isAlive, startTimeOf } from '../../support/group/processes.ts'
import { writeFileAtomic } from '../../support/files.ts'
import { parseJsonObject } from '../../support/json.ts'

/** What a worker leaves in its directory so that any control finds it. */
export interface WorkerRecord {
  readonly id: string
  readonly pid: number
  /** By which a later process of the same pid is told from it; absent where the platform does not tell. */
  readonly startTime?: string
}

/** A worker's own socket. `sun_path` holds 104 bytes on macOS, 108 on Linux, so it moves where the directory is deep. */
export function socketPathOf(directory: string, id: string): string {
  const inside = path.join(directory, `${id}.sock`)
  if (Buffer.byteLength(inside) < 100) return inside
  return path.join(tmpdir(), `hotlane-${createHash('sha256').update(inside).digest('hex').slice(0, 16)}.sock`)
}

export async function writeRecord(directory: string, id: string): Promise<void> {
  const startTime = await startTimeOf(process.pid)
  const record: WorkerRecord = { id, pid: process.pid, ...(startTime === undefined ? {} : { startTime }) }
  await writeFileAtomic(recordPath(directory, id), `${JSON.stringify(record)}\n`)
}

/** Records of workers, living or not; what is torn or foreign is none. */
export async function readRecords(directory: string): Promise<readonly WorkerRecord[]> {
  const names = await readdir(directory).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => parseRecord(await readFile(path.join(directory, name), 'utf8').catch(() => ''))),
  )
  return found.filter((record) => record !== undefined)
}

/** Whether the very process of a record runs. */
export async function isRunning({ pid, startTime }: WorkerRecord): Promise<boolean> {
  const now = await startTimeOf(pid)
  return isAlive(pid) && now !== undefined && (startTime === undefined || now === startTime)
}

export async function removeRecord(directory: string, id: string): Promise<void> {
  await rm(socketPathOf(directory, id), { force: true })
  await rm(recordPath(directory, id), { force: true })
}

export function parseRecord(text: string): WorkerRecord | undefined {
  const { id, pid, startTime } = parseJsonObject(text) ?? {}
  // An id is part of file names, and a pid below 2 names no process of ours.
  if (typeof id !== 'string' || !/^[0-9a-z-]+$/.test(id) || !Number.isSafeInteger(pid) || Number(pid) < 2)
    return undefined
  return { id, pid: Number(pid), ...(typeof startTime === 'string' ? { startTime } : {}) }
}

function recordPath(directory: string, id: string): string {
  return path.join(directory, `${id}.json`)
}

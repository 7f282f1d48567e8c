import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

import { type LogFile, parseLogPath } from '../../model/log-file.ts'

export interface KeptLog extends LogFile {
  readonly file: string
  /** Of the last line, milliseconds since 1970. */
  readonly writtenAt: number
  /** On disk, holes left out. */
  readonly bytes: number
  /** Length, holes included. */
  readonly size: number
}

/** All logs of a directory, those written last at the end. */
export async function listLogs(logs: string): Promise<readonly KeptLog[]> {
  const entries = await readdir(logs, { recursive: true, withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    entries.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name)
      const log = entry.isFile() ? parseLogPath(file) : undefined
      const stats = log === undefined ? undefined : await stat(file).catch(() => undefined)
      if (log === undefined || stats === undefined) return []
      return [{ ...log, file, writtenAt: stats.mtimeMs, bytes: stats.blocks * 512, size: stats.size }]
    }),
  )
  return found.flat().sort((a, b) => a.writtenAt - b.writtenAt || a.file.localeCompare(b.file))
}

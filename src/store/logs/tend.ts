import { rm } from 'node:fs/promises'

import { punchHole } from './hole.ts'
import { type KeptLog, listLogs } from './list.ts'

export interface LogLimits {
  /** Of one instance's output so much is kept, the newest; a log may be twice as long before it is trimmed. */
  readonly bytesPerLog: number
  /** So many logs of instances that have ended are kept of each service, those written last. */
  readonly logsPerService: number
}

export const usualLogLimits: LogLimits = { bytesPerLog: 64 * 1024 * 1024, logsPerService: 20 }

export interface TendedLogs {
  readonly trimmed: readonly string[]
  readonly removed: readonly string[]
  /** Too long, and this machine has no way to trim what is being written. */
  readonly overlong: readonly string[]
}

/**
 * Keeps the logs of a directory within limits. Nothing that is written meanwhile is lost: what a living instance writes to
 * is neither renamed nor truncated, its oldest part only gives its space back. `living` are ids of instances.
 */
export async function tendLogs(
  logs: string,
  { limits, living }: { readonly limits: LogLimits; readonly living: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<TendedLogs> {
  const kept = await listLogs(logs)
  const removed = excess(
    kept.filter(({ id }) => !living.has(id)),
    limits.logsPerService,
  )
  for (const { file } of removed) await rm(file, { force: true })
  const trimmed: string[] = []
  const overlong: string[] = []
  for (const log of kept) {
    if (removed.includes(log) || log.bytes <= 2 * limits.bytesPerLog) continue
    const isTrimmed = await punchHole(log.file, log.size - limits.bytesPerLog, signal)
    if (isTrimmed) trimmed.push(log.file)
    else overlong.push(log.file)
  }
  return { trimmed, removed: removed.map(({ file }) => file), overlong }
}

/** All but the last `most` of each service. */
function excess(ended: readonly KeptLog[], most: number): readonly KeptLog[] {
  return ended.filter(
    (log, index) => ended.slice(index + 1).filter(({ service }) => service === log.service).length >= most,
  )
}

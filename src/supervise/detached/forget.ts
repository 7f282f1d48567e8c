import { endEntry } from '../reap.ts'
import type { DetachedContext } from './context.ts'
import { openRecord, readRecord } from './record.ts'

/**
 * Ends whatever still runs of an instance that is not adopted (its main process, or what that left behind: SIGTERM, 2 s,
 * SIGKILL) and removes its record; its log stays. An abort kills at once.
 */
export async function forget(
  id: string,
  { processes }: Pick<DetachedContext, 'processes'>,
  now: AbortSignal,
): Promise<void> {
  const record = await readRecord(processes, id)
  if (record === undefined) return
  await endEntry(record, now)
  await openRecord(processes, record).remove()
}

import { endEntry } from '../reap.ts'
import { leaderOf } from './adopt.ts'
import type { DetachedContext } from './context.ts'
import { type DetachedRecord, listDetached, openRecord, readRecord } from './record.ts'

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
  if (record !== undefined) await remove(record, processes, now)
}

/** The same for all whose main process ended while no hotlane was there to see it; returns their records. */
export async function forgetDead(
  { processes }: Pick<DetachedContext, 'processes'>,
  now: AbortSignal,
): Promise<readonly DetachedRecord[]> {
  const records = await listDetached(processes)
  const forgotten = await Promise.all(
    records.map(async (record) => {
      if ((await leaderOf(record)) !== undefined) return []
      await remove(record, processes, now)
      return [record]
    }),
  )
  return forgotten.flat()
}

async function remove(record: DetachedRecord, processes: string, now: AbortSignal): Promise<void> {
  await endEntry(record, now)
  await openRecord(processes, record).remove()
}

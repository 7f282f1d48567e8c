import { setTimeout as pause } from 'node:timers/promises'

import type { Crew } from './crew.ts'
import { connectWorker } from './link.ts'
import { meet, type Member } from './member.ts'
import { type Hello, protocol } from './messages.ts'
import { isRunning, readRecords, removeRecord, socketPathOf, type WorkerRecord } from './record.ts'

/** How long a worker may take until it can be asked, and one that cannot until it has ended by itself. */
const endMs = 5000

/**
 * Takes over the workers that are listed in a directory, with the table that they have. One that cannot be reached is ended.
 * Returns those that serve. Rejects with the signal's reason.
 */
export async function adopt(crew: Crew, directory: string, signal: AbortSignal): Promise<readonly Member[]> {
  const records = await readRecords(directory)
  const met = (await Promise.all(records.map((record) => approach(record, directory, signal)))).filter(
    (one) => one !== undefined,
  )
  signal.throwIfAborted()
  const serving = met.filter(({ hello }) => hello.state === 'serving')
  for (const { member, hello } of met) {
    // One that never accepted anything was left behind by a control that died as it started it.
    if (hello.state === 'idle') member.call('close', { graceMs: 0 }).catch(() => undefined)
    crew.enlist(member)
    if (hello.state === 'serving') for (const socket of hello.sockets) crew.sockets.learn(socket)
  }
  const [first] = serving
  if (first !== undefined) crew.table = first.hello.table
  return serving.map(({ member }) => member)
}

async function approach(
  record: WorkerRecord,
  directory: string,
  signal: AbortSignal,
): Promise<{ readonly member: Member; readonly hello: Hello } | undefined> {
  if (await isRunning(record)) {
    try {
      const deadline = performance.now() + endMs
      // It is listed before it can be asked.
      const isWorthwhile = async (): Promise<boolean> => performance.now() < deadline && (await isRunning(record))
      const socket = await connectWorker(socketPathOf(directory, record.id), isWorthwhile, signal)
      return await meet(socket, { protocol, generation: 0 })
    } catch {
      signal.throwIfAborted()
      await end(record, signal)
    }
  }
  await removeRecord(directory, record.id)
  return undefined
}

/** Nobody can give it tables any more: what it would go on serving is out of date. */
async function end(record: WorkerRecord, signal: AbortSignal): Promise<void> {
  const began = performance.now()
  for (let said: NodeJS.Signals = 'SIGTERM'; await isRunning(record); await pause(20, undefined, { signal })) {
    try {
      process.kill(record.pid, said)
    } catch {
      return
    }
    if (performance.now() - began > endMs) said = 'SIGKILL'
  }
}

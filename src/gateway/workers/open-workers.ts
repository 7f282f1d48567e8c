import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'

import { adopt } from './adopt.ts'
import { Crew, type CrewSettings } from './crew.ts'
import { Fleet, type Workers } from './fleet.ts'

export interface WorkersSettings extends Partial<CrewSettings> {
  /** Absolute, of this user only; made if it is missing. Workers are found by it. */
  readonly directory: string
  readonly options: CrewSettings['options']
  readonly version: string
  readonly told: CrewSettings['told']
}

/** Longer than a kept connection is told that it may be idle, so that none is closed before that. */
const retireMs = 120_000

/**
 * One per core, for more find nothing to do; two at least, so that requests are served while one that died is replaced, and
 * four at most, for each takes its memory and has the machine's services as neighbours.
 */
export function defaultWorkers(cores = availableParallelism()): number {
  return Math.min(4, Math.max(2, cores))
}

/**
 * The gateway as processes that outlive this one. Those that an earlier control left are taken over, with their table and
 * their addresses; if they are of another version or have other settings, successors with the same sockets are started and
 * they retire. Without addresses there are no workers. `maxConnections` is for all together, `maxConnectionsPerAddress` for
 * each.
 * An abort of the signal ends the opening, and leaves workers that were running.
 * @throws HotlaneError HL5001, HL5004; or the signal's reason
 */
export async function openWorkers(settings: WorkersSettings, signal: AbortSignal): Promise<Workers> {
  const { directory, workers = defaultWorkers(), options, told } = settings
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const crew = new Crew({ retireMs, ...settings, workers, options: shareOf(options, workers) })
  const leave = (): void => void crew.leave()
  signal.addEventListener('abort', leave)
  try {
    const adopted = await adopt(crew, directory, signal)
    for (const { pid } of adopted) told({ kind: 'worker-adopted', pid })
    await crew.settle()
    signal.throwIfAborted()
    return new Fleet(crew, directory)
  } catch (error) {
    await crew.leave()
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

/**
 * The limit is the machine's, and the workers share it. The one per address is left to each worker as it is: a client has few
 * connections, and which worker accepts them is chance.
 */
function shareOf(options: CrewSettings['options'], workers: number): CrewSettings['options'] {
  const { maxConnections } = options
  if (maxConnections === undefined) return options
  return { ...options, maxConnections: Math.ceil(maxConnections / workers) }
}

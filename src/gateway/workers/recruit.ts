import type { RoutingTable } from '../../model/table.ts'
import { HotlaneError, ReportedError } from '../../support/errors.ts'
import { isAlive } from '../../support/group/processes.ts'
import { connectWorker, WorkerGone } from './link.ts'
import { meet, type Member } from './member.ts'
import { protocol, type WorkerSpec } from './messages.ts'
import { removeRecord, socketPathOf } from './record.ts'
import { spawnWorker, workerArgv } from './spawn-worker.ts'

/** A worker that has not said hello by then never will. */
const startMs = 30_000

export interface Recruiting {
  readonly generation: number
  /** Of the spec's sockets; absent where only the keeper has them, who then starts its sibling. */
  readonly descriptors: readonly number[] | undefined
  readonly keeper: Member | undefined
  /** From here on the worker gets every table; returns the one of now, which it gets first. */
  readonly enlist: (member: Member) => RoutingTable
}

interface Spawned {
  readonly pid: number
  readonly exited?: Promise<number | string>
}

/**
 * Starts a worker, and resolves when it has the table and accepts. In every other case it is gone before this throws.
 * @throws HotlaneError HL5004, what the worker reports (ReportedError), or the signal's reason
 */
export async function recruit(spec: WorkerSpec, how: Recruiting, signal: AbortSignal): Promise<Member> {
  const { id, directory } = spec
  let started: number | undefined
  try {
    const { pid, ...exit } = await spawn(spec, how)
    started = pid
    const deadline = performance.now() + startMs
    const isWorthwhile = (): boolean => isAlive(pid) && performance.now() < deadline
    const socket = await connectWorker(socketPathOf(directory, id), isWorthwhile, signal)
    const { member } = await meet(socket, { protocol, generation: how.generation, ...exit })
    await member.call('install', { table: how.enlist(member) })
    await member.accept()
    return member
  } catch (cause) {
    if (started !== undefined && isAlive(started)) process.kill(started, 'SIGKILL')
    await removeRecord(directory, id)
    // What the worker reports says itself what is to be done.
    if (signal.aborted || cause instanceof ReportedError) throw cause
    throw new HotlaneError('HL5004', { params: { reason: reasonOf(cause), directory }, cause })
  }
}

async function spawn(spec: WorkerSpec, { descriptors, keeper }: Recruiting): Promise<Spawned> {
  if (descriptors !== undefined) return spawnWorker(workerArgv(), spec, descriptors)
  if (keeper === undefined) throw new WorkerGone()
  return { pid: await keeper.call('spawn', { argv: workerArgv(), spec }) }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof WorkerGone) return 'it ended at once'
  return cause instanceof Error ? cause.message : String(cause)
}

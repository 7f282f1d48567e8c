import { census } from '../../support/group/census.ts'
import { isAlive, startTimeOf } from '../../support/group/processes.ts'
import { type RunningGroup, type GroupExit, runningGroup } from '../../support/group/running.ts'
import { becomeReady, instanceOf } from '../become-ready.ts'
import type { Instance } from '../instance.ts'
import { launchedOf } from '../launched.ts'
import { holdPort } from '../port.ts'
import type { DetachedContext } from './context.ts'
import { tailBytes, written } from './launch.ts'
import { logTail } from './log-tail.ts'
import { type DetachedRecord, openRecord, readRecord } from './record.ts'

/** An instance that an earlier hotlane has started. How it exits cannot be known: its `Exit` is two nulls. */
export interface Adopted extends Instance {
  /** Whether it was ready already. Until it is, `host` and `port` are only where it should come to listen. */
  readonly ready: boolean
  /**
   * Resolves at once where it was ready; else waits as `startDetached` does, for the whole of its time again, and returns
   * where it is reached. One that is ready by a message alone may have sent it to the hotlane that died: it is given up then.
   * @throws HotlaneError HL4001, HL4002, HL4005, HL4007, or the signal's reason; the instance is gone then
   */
  readonly awaitReady: (signal: AbortSignal) => Promise<Instance>
}

/** The end of a process that is not our child is found by looking. */
const lookMs = 100

/**
 * The instance of an id, if its main process lives, from here on as if this hotlane had started it; its private port is
 * claimed. Undefined where it has ended, whose record and log stay until `forget`. To be called once per id and process,
 * before anything is started.
 */
export async function adopt(
  id: string,
  { processes }: Pick<DetachedContext, 'processes'>,
): Promise<Adopted | undefined> {
  const content = await readRecord(processes, id)
  if (content === undefined) return undefined
  const pid = await leaderOf(content)
  if (pid === undefined) return undefined
  const record = openRecord(processes, content)
  const { service, privatePort, stop, log, logStart, reached } = content
  if (content.pid === undefined) {
    const startTime = await startTimeOf(pid)
    await written(record.update({ pid, ...(startTime === undefined ? {} : { startTime }) }), service)
  }
  const launched = launchedOf({
    group: strangerGroup(pid, markOf(content)),
    stop,
    spawnedAtMs: performance.now(),
    // Its channel ended with the hotlane that had started it.
    message: new Promise(() => undefined),
    lastOutput: () => logTail(log, tailBytes, logStart),
    settle: () => Promise.resolve(),
    gone: () => record.remove(),
  })
  const claim = holdPort(privatePort)
  void launched.exited.then(() => claim.release())
  const expected = { host: '127.0.0.1', port: privatePort, portFixed: false, readyMs: 0 }
  const adopted = instanceOf(content, privatePort, launched, reached ?? expected)
  return {
    ...adopted,
    ready: reached !== undefined,
    awaitReady: async (signal) => {
      if (reached !== undefined) return adopted
      const instance = await becomeReady(content, privatePort, launched, signal)
      const { host, port, portFixed, readyMs } = instance
      try {
        await written(record.update({ reached: { host, port, portFixed, readyMs } }), service)
      } catch (error) {
        await instance.stop()
        throw error
      }
      return instance
    },
  }
}

/**
 * Pid of a record's main process, if it lives: the very one that was recorded, by its start time. One that was spawned but
 * not recorded is found by its mark (Linux).
 */
export async function leaderOf(record: DetachedRecord): Promise<number | undefined> {
  const { pid, startTime } = record
  if (pid !== undefined) {
    const isSame = startTime !== undefined && isAlive(pid) && (await startTimeOf(pid)) === startTime
    return isSame ? pid : undefined
  }
  const marked = await census({ mark: markOf(record) })()
  // The first of a group leads it; what has made a group of its own began later.
  return marked.filter((row) => row.pid === row.group).sort((a, b) => a.began - b.began)[0]?.pid
}

export function markOf({ id }: Pick<DetachedRecord, 'id'>): string {
  return `HOTLANE_INSTANCE=${id}`
}

function strangerGroup(pid: number, mark: string): RunningGroup {
  let tell: (exit: GroupExit) => void = () => undefined
  const exited = new Promise<GroupExit>((resolve) => (tell = resolve))
  const timer = setInterval(() => {
    if (isAlive(pid)) return
    clearInterval(timer)
    tell({ code: null, signal: null })
  }, lookMs).unref()
  const group = runningGroup({ pid, exited, mark })
  return {
    ...group,
    end: (signal, graceMs, now) => {
      // Whoever ends it waits for the next look, which must be worth staying for.
      timer.ref()
      return group.end(signal, graceMs, now)
    },
  }
}

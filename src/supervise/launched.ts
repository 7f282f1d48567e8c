import type { Exit } from '../model/instance.ts'
import type { StopPolicy } from '../model/service.ts'
import type { RunningGroup } from '../support/group/running.ts'
import type { StopResult } from './instance.ts'

/** A process group that runs, ready or not. */
export interface Launched {
  readonly pid: number
  /** Just before the spawn, on the clock of `performance.now()`. */
  readonly spawnedAtMs: number
  /** Resolves when the main process has ended and all that it wrote has been told. */
  readonly exited: Promise<Exit>
  /** Resolves when the process says over IPC that it is ready: `'ready'` or `{ hotlane: 'ready' }`. */
  readonly message: Promise<void>
  readonly lastOutput: () => string
  readonly members: () => Promise<readonly number[]>
  /** Ends the group and its strays. The first call's policy holds; an abort of any call's `now` kills at once. */
  end(policy: StopPolicy, now?: AbortSignal): Promise<StopResult>
}

export interface LaunchedParts extends Pick<Launched, 'spawnedAtMs' | 'message' | 'lastOutput'> {
  readonly group: RunningGroup
  /** How what the main process leaves behind is ended. */
  readonly stop: StopPolicy
  /** Resolves when all that was written before the call is told. */
  readonly settle: () => Promise<void>
  /** Called once, when the whole group is gone. */
  readonly gone: () => Promise<void>
}

/** What the main process leaves behind when it ends is ended too. */
export function launchedOf(parts: LaunchedParts): Launched {
  const { group, spawnedAtMs, message, lastOutput } = parts
  const force = new AbortController()
  const exited = group.exited.then(async (exit) => {
    await parts.settle()
    return exit
  })

  let ending: Promise<StopResult> | undefined
  const finish = async ({ signal, graceMs }: StopPolicy): Promise<StopResult> => {
    const result = await group.end(signal, graceMs, force.signal)
    await parts.settle()
    await parts.gone()
    return result
  }
  const end = async (policy: StopPolicy, now?: AbortSignal): Promise<StopResult> => {
    const hurry = () => force.abort()
    if (now?.aborted === true) hurry()
    now?.addEventListener('abort', hurry)
    try {
      return await (ending ??= finish(policy))
    } finally {
      now?.removeEventListener('abort', hurry)
    }
  }
  // Nobody need ask for it: a fault here is told to whoever calls `end`.
  exited.then(() => end(parts.stop)).catch(() => undefined)
  return { pid: group.pid, spawnedAtMs, exited, message, lastOutput, members: group.members, end }
}

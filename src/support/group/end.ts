import { platform } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

import { errnoOf } from '../files.ts'
import { census, type Target } from './census.ts'
import { isAlive } from './processes.ts'
import { endTree } from './taskkill.ts'

export interface Ending {
  readonly signal: NodeJS.Signals
  /** From the signal to SIGKILL. */
  readonly graceMs: number
  /** Its abort ends the grace at once. */
  readonly now?: AbortSignal | undefined
}

/** Longest pause between two looks at a process that is not our child, whose end nobody tells. */
const maxPauseMs = 20

/** The longest delay that a timer takes. */
const maxTimerMs = 2 ** 31 - 1

/**
 * Ends a group and its strays: signal, grace, SIGKILL, and again until nobody is left. Returns as soon as all are gone;
 * `killed` is true where SIGKILL was needed. Only a process that the kernel cannot end (in an uninterruptible wait)
 * keeps it waiting.
 */
export async function endProcesses(target: Target, ending: Ending): Promise<{ readonly killed: boolean }> {
  if (platform === 'win32') return endTree(target.group, ending)
  const count = census(target)
  const grace = new AbortController()
  const expire = () => grace.abort()
  const timer = setTimeout(expire, Math.min(ending.graceMs, maxTimerMs))
  if (ending.now?.aborted === true) expire()
  ending.now?.addEventListener('abort', expire)
  try {
    let left = await count()
    if (left.length > 0 && !grace.signal.aborted) signalAll(target, left, ending.signal)
    while (left.length > 0 && (await goneBefore(left, grace.signal))) left = await count()
    const killed = left.length > 0
    for (; left.length > 0; left = await count()) {
      signalAll(target, left, 'SIGKILL')
      await goneBefore(left, AbortSignal.timeout(maxPauseMs))
    }
    return { killed }
  } finally {
    clearTimeout(timer)
    ending.now?.removeEventListener('abort', expire)
  }
}

async function goneBefore(pids: readonly number[], deadline: AbortSignal): Promise<boolean> {
  for (let pauseMs = 1; pids.some(isAlive); pauseMs = Math.min(pauseMs * 1.5, maxPauseMs)) {
    if (deadline.aborted) return false
    await pause(pauseMs, undefined, { signal: deadline }).catch(() => undefined)
  }
  return true
}

/** The group at one blow, so that none of it escapes by forking meanwhile; then each one that has left it. */
function signalAll(target: Target, pids: readonly number[], signal: NodeJS.Signals): void {
  const reached = target.group !== undefined && send(-target.group, signal)
  for (const pid of pids) if (!reached || !isInGroup(pid)) send(pid, signal)
}

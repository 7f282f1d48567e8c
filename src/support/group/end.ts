import { platform } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

import { errnoOf } from '../files.ts'
import { census, type Target } from './census.ts'
import type { ProcessRow } from './process-row.ts'
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
    const told = new Set<number>()
    let left = await count()
    while (left.length > 0) {
      if (!grace.signal.aborted) tell(target, left, ending.signal, told)
      if (!(await goneBefore(left, grace.signal))) break
      left = await count()
    }
    const killed = left.length > 0
    for (; left.length > 0; left = await count()) {
      tell(target, left, 'SIGKILL')
      await goneBefore(left, AbortSignal.timeout(maxPauseMs))
    }
    return { killed }
  } finally {
    clearTimeout(timer)
    ending.now?.removeEventListener('abort', expire)
  }
}

async function goneBefore(rows: readonly ProcessRow[], deadline: AbortSignal): Promise<boolean> {
  for (let pauseMs = 1; rows.some((row) => isAlive(row.pid)); pauseMs = Math.min(pauseMs * 1.5, maxPauseMs)) {
    if (deadline.aborted) return false
    await pause(pauseMs, undefined, { signal: deadline }).catch(() => undefined)
  }
  return true
}

/**
 * The group at one blow, so that none of it escapes by forking meanwhile; then each that has left it. Whoever was `told`
 * is not told again: many programs take a second signal for "now, without grace".
 */
function tell(target: Target, rows: readonly ProcessRow[], signal: NodeJS.Signals, told = new Set<number>()): void {
  const first = told.size === 0
  for (const row of rows) {
    if (told.has(row.pid)) continue
    told.add(row.pid)
    if (!first || row.group !== target.group) send(row.pid, signal)
  }
  if (first && target.group !== undefined) send(-target.group, signal)
}

/** A process that is gone already, or is another user's, is none that could be signalled. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error
  }
}

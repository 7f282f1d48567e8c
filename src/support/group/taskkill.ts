import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import type { Ending } from './end.ts'
import { isAlive } from './processes.ts'

const run = promisify(execFile)

/**
 * Windows, which has neither process groups nor SIGTERM: `taskkill /T` asks the tree, which console programs mostly cannot
 * understand and then are ended by force at once; else by force after the grace. What has left the tree is not found.
 */
export async function endTree(pid: number | undefined, ending: Ending): Promise<{ readonly killed: boolean }> {
  if (pid === undefined || !isAlive(pid)) return { killed: false }
  const tree = ['/PID', String(pid), '/T']
  if (!isExpired(ending.now) && (await isUnderstood(tree))) {
    const deadline = performance.now() + ending.graceMs
    while (isAlive(pid) && performance.now() < deadline && !isExpired(ending.now)) await pause(20)
  }
  if (!isAlive(pid)) return { killed: false }
  // Fails where it ended just now, which is what was wanted.
  await run('taskkill', [...tree, '/F']).catch(() => undefined)
  while (isAlive(pid)) await pause(20)
  return { killed: true }
}

function isExpired(now: AbortSignal | undefined): boolean {
  return now?.aborted ?? false
}

function isUnderstood(tree: readonly string[]): Promise<boolean> {
  return run('taskkill', tree).then(
    () => true,
    () => false,
  )
}

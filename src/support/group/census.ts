import type { ProcessRow } from './process-row.ts'
import { hasVariable, isAlive, listProcesses } from './processes.ts'

/** Which processes belong together. */
export interface Target {
  /** Process group, by the pid of its first process; absent where that is no longer sure to be ours. */
  readonly group?: number
  /** `NAME=value` in the environment of every descendant, by which those are found that have left the group. */
  readonly mark?: string
  /** When the first process began: whatever is older need not be looked at for the mark. */
  readonly since?: number
}

/**
 * Counts who is left: members of the group, what carries the mark, descendants of these, and whoever was found before,
 * for a stray loses its parent when the group dies. Ended processes, this one, and those that may not be signalled are
 * not counted. Each call of the function returned looks again.
 */
export function census(target: Target): () => Promise<readonly ProcessRow[]> {
  const found = new Map<number, number>()
  return async () => {
    const rows = (await listProcesses()).filter((row) => !row.dead && row.pid !== process.pid)
    const ours: ProcessRow[] = []
    for (const row of rows) {
      if (row.group === target.group || found.get(row.pid) === row.began || (await isMarked(row, target)))
        ours.push(row)
    }
    ours.push(...descendants(rows, ours))
    for (const row of ours) found.set(row.pid, row.began)
    return ours.filter((row) => isAlive(row.pid))
  }
}

async function isMarked(row: ProcessRow, target: Target): Promise<boolean> {
  if (target.mark === undefined || (target.since !== undefined && row.began < target.since)) return false
  return hasVariable(row.pid, target.mark)
}

function descendants(rows: readonly ProcessRow[], ancestors: readonly ProcessRow[]): readonly ProcessRow[] {
  const known = new Set(ancestors.map((row) => row.pid))
  const children: ProcessRow[] = []
  for (let before = -1; before < children.length;) {
    before = children.length
    for (const row of rows) {
      if (known.has(row.pid) || !known.has(row.parent)) continue
      known.add(row.pid)
      children.push(row)
    }
  }
  return children
}

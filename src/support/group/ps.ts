import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import type { ProcessRow } from './process-row.ts'

const run = promisify(execFile)

/**
 * The table of `ps -o pid=,ppid=,pgid=,stat=,lstart=` (POSIX systems without procfs: macOS, BSD). `lstart` is a date in the
 * C locale with a resolution of one second.
 */
export function parsePs(text: string): readonly ProcessRow[] {
  const rows: ProcessRow[] = []
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line)
    if (match === null) continue
    const [, pid, parent, group, state = '', began = ''] = match
    rows.push({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      began: Date.parse(began),
      dead: state.startsWith('Z'),
    })
  }
  return rows
}

export async function processesFromPs(): Promise<readonly ProcessRow[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], {
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return parsePs(stdout)
}

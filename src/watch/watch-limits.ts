import { readFileSync } from 'node:fs'

/** A failed `fs.watch` in words, with the setting that would help. The limits are read from /proc where there is one. */
export function explainWatchError(code: string): string {
  if (code === 'ENOSPC') return limitReached('file watches', 'fs.inotify.max_user_watches')
  if (code === 'EMFILE') return limitReached('watch instances or open files', 'fs.inotify.max_user_instances')
  return `watching a directory failed with ${code}`
}

function limitReached(what: string, setting: string): string {
  const limit = readLimit(setting)
  const now = limit === undefined ? '' : ` (${limit})`
  const remedy = limit === undefined ? '' : `; "sysctl ${setting}=${Math.max(524_288, limit * 2)}" raises it`
  return `the system's limit of ${what}${now} is reached${remedy}`
}

function readLimit(setting: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(`/proc/sys/${setting.replaceAll('.', '/')}`, 'utf8'), 10)
  } catch {
    return undefined
  }
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Usage } from './usage.ts'

const run = promisify(execFile)

export async function usageFromPs(pid: number): Promise<Usage | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'time=,rss=', '-p', String(pid)])
    return parseUsage(stdout)
  } catch {
    return undefined
  }
}

/** A line of `ps -o time=,rss=`: `[[DD-]HH:]MM:SS[.cc]` and kibibytes (POSIX, ps). */
export function parseUsage(text: string): Usage | undefined {
  const match = /^\s*(?:(\d+)-)?([\d:.]+)\s+(\d+)\s*$/.exec(text)
  if (match === null) return undefined
  const [, days = '0', clock = '', kibibytes = ''] = match
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400
  return { cpuMs: seconds * 1000, rssBytes: Number(kibibytes) * 1024 }
}

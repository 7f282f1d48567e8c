import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import type { Listener } from './listening.ts'

const run = promisify(execFile)

/** Listening TCP sockets of some processes, by `lsof` (macOS, BSD); undefined where there is no `lsof`. */
export async function listenersFromLsof(pids: readonly number[]): Promise<readonly Listener[] | undefined> {
  if (pids.length === 0) return []
  try {
    const { stdout } = await run('lsof', ['-nP', '-a', '-p', pids.join(','), '-iTCP', '-sTCP:LISTEN', '-Fn'])
    return parseLsof(stdout)
  } catch (error) {
    // It exits with 1 when it finds nothing, or when one of the processes has just ended.
    if (error instanceof Error && 'stdout' in error && 'code' in error && error.code === 1) {
      return parseLsof(String(error.stdout))
    }
    return undefined
  }
}

/** Field output: a line per socket, `n*:8080`, `n127.0.0.1:8080` or `n[::1]:8080`. */
export function parseLsof(text: string): readonly Listener[] {
  const listeners: Listener[] = []
  for (const [, host = '', port] of text.matchAll(/^n(\*|\[[^\]]+\]|[\d.]+):(\d+)$/gm)) {
    listeners.push({ host: host === '*' ? '::' : host.replaceAll(/[[\]]/g, ''), port: Number(port) })
  }
  return listeners
}

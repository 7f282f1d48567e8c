import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import type { WorkerSpec } from './messages.ts'

/** How this version's worker is started; the spec follows as one argument. */
export function workerArgv(): readonly string[] {
  return [process.execPath, fileURLToPath(new URL('../../../bin/gateway-worker.js', import.meta.url))]
}

/** The data plane needs none of the secrets that an environment may hold. */
const kept: ReadonlySet<string> = new Set(['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'NODE_EXTRA_CA_CERTS'])

export interface SpawnedWorker {
  readonly pid: number
  /** Exit code or signal. */
  readonly exited: Promise<number | string>
}

/**
 * Starts a worker that nothing ties to this process: in a session of its own, with a log file in place of pipes.
 * `descriptors` are those of the spec's sockets.
 */
export async function spawnWorker(
  argv: readonly string[],
  spec: WorkerSpec,
  descriptors: readonly number[],
): Promise<SpawnedWorker> {
  const [program = process.execPath, ...args] = argv
  const log = await open(path.join(spec.directory, 'workers.log'), 'a', 0o600)
  try {
    const child = spawn(program, [...args, JSON.stringify(spec)], {
      cwd: spec.directory,
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.has(name))),
      detached: true,
      stdio: ['ignore', log.fd, log.fd, ...descriptors],
    })
    const exited = new Promise<number | string>((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    })
    await once(child, 'spawn')
    child.unref()
    const { pid } = child
    if (pid === undefined) throw new Error('spawned without a pid')
    return { pid, exited }
  } finally {
    await log.close()
  }
}

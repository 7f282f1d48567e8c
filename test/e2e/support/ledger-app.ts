import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { isAlive } from './processes.ts'

const app = path.resolve(import.meta.dirname, '../../apps/ledger.mjs')

/** The ids in a ledger file, in the order of their executions. */
export async function executedIn(ledger: string): Promise<readonly string[]> {
  return (await readFile(ledger, 'utf8')).trim().split('\n')
}

/** Starts test/apps/ledger.mjs and resolves when it listens. Whatever process its pid file names in the end is ended. */
export async function ledgerApp(
  env: Readonly<Record<'PORT' | 'LEDGER' | 'PID' | 'DELAY_MS', string>> & { readonly DIE_ON?: string },
): Promise<AsyncDisposable> {
  const child = spawn(process.execPath, [app], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  await once(child.stdout, 'data')
  return {
    [Symbol.asyncDispose]: async () => {
      const pid = Number(await readFile(env.PID, 'utf8').catch(() => 0))
      if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL')
    },
  }
}

/** Starts test/apps/retrying-proxy.mjs before two ports. */
export async function retryingProxy(origins: readonly number[]): Promise<AsyncDisposable & { readonly url: string }> {
  const program = path.resolve(import.meta.dirname, '../../apps/retrying-proxy.mjs')
  const env = { ...process.env, ORIGINS: origins.join(',') }
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'], env })
  const exited = once(child, 'exit')
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    url: `http://127.0.0.1:${port.toString().trim()}`,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

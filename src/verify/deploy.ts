import { setTimeout as pause } from 'node:timers/promises'
import { followOutput } from '../support/group/output.ts'
import { spawnGroup } from '../support/group/spawn.ts'
import type { Observer } from './run.ts'
import type { Deployment } from './timeline.ts'

/** One deployment: resolves with what went wrong, if anything did. */
export type Deploy = (signal: AbortSignal) => Promise<string | undefined>

export interface ScriptOptions {
  readonly beforeMs: number
  readonly afterMs: number
  /** Deployments, one after another, with the name that reports give them. */
  readonly deploys: readonly { readonly what: string; readonly deploy: Deploy }[]
  /** From the begin of one to the begin of the next, at least. */
  readonly everyMs: number
  readonly onDeployment: (deployment: Deployment) => void
  /** Told when one begins. */
  readonly onBegin: (what: string) => void
}

/** A time of steady state, the deployments, and a time after them. */
export function scriptOf({ beforeMs, afterMs, deploys, everyMs, onDeployment, onBegin }: ScriptOptions): Observer {
  return async (clock, signal) => {
    await pause(beforeMs, undefined, { signal })
    for (const [index, { what, deploy }] of deploys.entries()) {
      const fromMs = clock.now()
      onBegin(what)
      const failed = await deploy(signal).catch((error: unknown) => {
        if (signal.aborted) return 'cut short by the end of the run'
        return error instanceof Error ? error.message : String(error)
      })
      onDeployment({ what, fromMs, toMs: clock.now(), ...(failed === undefined ? {} : { failed }) })
      signal.throwIfAborted()
      const rest = fromMs + everyMs - clock.now()
      if (rest > 0 && index < deploys.length - 1) await pause(rest, undefined, { signal })
    }
    await pause(afterMs, undefined, { signal })
  }
}

const graceMs = 5000
const keptLines = 5

/** A deployment by a command, in a process group that is ended with the run. Its last lines tell why it failed. */
export function deployByCommand(argv: readonly [string, ...string[]], directory: string): Deploy {
  return async (signal) => {
    const env = Object.fromEntries(Object.entries(process.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])))
    const group = await spawnGroup(argv, { directory, env })
    const lines: string[] = []
    const output = followOutput(group, (line) => {
      lines.push(line)
      if (lines.length > keptLines) lines.shift()
    })
    const end = (): void => void group.end('SIGTERM', graceMs)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    try {
      const { code, signal: by } = await group.exited
      await output.settle()
      signal.throwIfAborted()
      return code === 0 ? undefined : [by ?? `exit code ${code}`, ...lines].join('\n')
    } finally {
      signal.removeEventListener('abort', end)
    }
  }
}

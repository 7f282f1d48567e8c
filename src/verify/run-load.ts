import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { GeneratorSummary, Tiding } from './generator/messages.ts'
import type { Plan } from './plan.ts'
import type { SampleBatch } from './samples.ts'

export interface LoadRunOptions {
  readonly onSamples: (batch: SampleBatch, gauges: { readonly inFlight: number; readonly openStreams: number }) => void
  /** Whether samples are wanted while the load runs. */
  readonly isWatched: boolean
  /** Told when the first request is sent; wall clock in ms of the epoch. */
  readonly onBegan: (at: number) => void
  /** Ends the sending; what is on its way is waited for. */
  readonly stop: AbortSignal
  /** Ends everything at once. */
  readonly now: AbortSignal
}

/**
 * Carries a plan out in a process of its own, so that nothing else delays its schedule, and resolves when it is done.
 * @throws Error where that process ends before it is done
 */
export async function runLoad(plan: Plan, options: LoadRunOptions): Promise<GeneratorSummary> {
  const program = fileURLToPath(new URL('../../bin/generator.js', import.meta.url))
  const child = fork(program, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  const stop = (): void => void (child.connected && child.send({ type: 'stop' }))
  const cut = (): void => void (child.connected && child.send({ type: 'cut' }))
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  let finish: ((summary: GeneratorSummary) => void) | undefined
  const finished = new Promise<GeneratorSummary>((resolve) => {
    finish = resolve
  })
  child.on('message', (tiding: Tiding) => {
    switch (tiding.type) {
      case 'ready':
        child.send({ type: 'start', plan, isWatched: options.isWatched })
        if (options.stop.aborted) stop()
        if (options.now.aborted) cut()
        return
      case 'began':
        return options.onBegan(tiding.at)
      case 'samples':
        return options.onSamples(tiding.batch, tiding)
      case 'done':
        finish?.(tiding)
    }
  })
  options.stop.addEventListener('abort', stop)
  options.now.addEventListener('abort', cut)
  try {
    const early = exited.then(([code, signal]) => {
      throw new Error(`the load generator ended early (${signal ?? `exit code ${code}`})`)
    })
    const summary = await Promise.race([finished, early])
    child.disconnect()
    await exited
    return summary
  } finally {
    options.stop.removeEventListener('abort', stop)
    options.now.removeEventListener('abort', cut)
    child.kill('SIGKILL')
  }
}

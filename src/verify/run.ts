import type { GeneratorSummary } from './generator/messages.ts'
import type { Plan } from './plan.ts'
import { runLoad } from './run-load.ts'
import { type Sample, SampleLog } from './samples.ts'

/** Time of a run, in ms since its first request. */
export interface Clock {
  readonly now: () => number
  /** Ms since the begin of a moment of the wall clock (ms of the epoch). */
  readonly at: (epochMs: number) => number
}

/** Something that looks on while load runs, until aborted. */
export type Observer = (clock: Clock, signal: AbortSignal) => Promise<void>

export interface RunOptions {
  /** What happens meanwhile; its end ends the load. Absent, the load ends as planned. */
  readonly script?: Observer
  readonly observers: readonly Observer[]
  /** Looks on while the load runs, which costs processor time. */
  readonly onSamples?: (
    samples: Iterable<Sample>,
    gauges: { readonly openStreams: number; readonly nowMs: number },
  ) => void
  /** Ends the load; what is on its way is waited for. */
  readonly stop: AbortSignal
  readonly now: AbortSignal
}

export interface RunResult {
  readonly samples: SampleLog
  readonly generator: GeneratorSummary
  /** Wall clock of the first request, ms of the epoch. */
  readonly beganAt: number
  /** When no more were sent; answers may have come later. */
  readonly endMs: number
  /** Whether the script was cut short, by a limit of the load or by its user. */
  readonly scriptCut: boolean
}

/** Runs load, script and observers together. @throws whatever script and observers throw, after everything has ended */
export async function run(plan: Plan, options: RunOptions): Promise<RunResult> {
  const samples = new SampleLog()
  const stop = linked(options.stop)
  const scriptSignal = linked(options.now)
  const watching = new AbortController()
  let beganAt = NaN
  let scriptEnded = options.script === undefined
  const others: Promise<void>[] = []
  // What fails is told when everything has ended, and must not end the process before.
  const add = (work: Promise<void>): void => {
    void work.catch(() => undefined)
    others.push(work)
  }
  const clock: Clock = {
    now: () => performance.timeOrigin + performance.now() - beganAt,
    at: (epochMs) => epochMs - beganAt,
  }
  const onBegan = (at: number): void => {
    beganAt = at
    for (const observer of options.observers) add(observer(clock, watching.signal))
    if (options.script === undefined) return
    const played = options.script(clock, scriptSignal.signal).then(() => {
      scriptEnded = true
    })
    add(played.finally(() => stop.abort()))
  }
  try {
    const generator = await runLoad(plan, {
      onBegan,
      onSamples: (batch, { openStreams }) => {
        samples.push(batch)
        options.onSamples?.(samples.of(batch), { openStreams, nowMs: clock.now() })
      },
      isWatched: options.onSamples !== undefined,
      stop: stop.signal,
      now: options.now,
    })
    const scriptCut = !scriptEnded
    scriptSignal.abort()
    watching.abort()
    const ended = await Promise.allSettled(others)
    const failed = ended.find((each) => each.status === 'rejected')
    if (failed !== undefined && !scriptCut) throw failed.reason
    return { samples, generator, beganAt, endMs: Math.max(1, generator.sendingMs), scriptCut }
  } finally {
    stop.unlink()
    scriptSignal.unlink()
    scriptSignal.abort()
    watching.abort()
    await Promise.allSettled(others)
  }
}

/** A controller that follows a signal until it is unlinked. */
function linked(signal: AbortSignal): { signal: AbortSignal; abort: () => void; unlink: () => void } {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  return { signal: controller.signal, abort, unlink: () => signal.removeEventListener('abort', abort) }
}

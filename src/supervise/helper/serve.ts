import type { Instance, SuperviseContext } from '../instance.ts'
import { lookFor } from '../holder.ts'
import { start } from '../start.ts'
import { carry } from './carried-error.ts'
import type { Answers, Asked, OutputLine, Told } from './messages.ts'

type Question = Exclude<Asked, { readonly kind: 'cut' }>

/**
 * Serves as the helper: starts and stops instances for its parent, as `supervise/start` does. Ends when the parent does, and leaves
 * what runs to the next hotlane, which finds it in the journal.
 */
export function serveStarts(): void {
  lookFor(process.ppid)
  process.once('disconnect', () => process.exit())
  // A signal to the whole group, or to a whole service of systemd: the parent decides what it means.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)

  const instances = new Map<number, Instance>()
  const cuts = new Map<number, AbortController>()
  const tell = (told: Told): void => void process.send?.(told)

  const begin = async (asked: Extract<Asked, { kind: 'start' }>, signal: AbortSignal): Promise<Answers['start']> => {
    const { call, spec, processes } = asked
    const output = gatherLines((lines) => tell({ kind: 'output', instance: call, lines }))
    const context: SuperviseContext = {
      processes,
      output: (pid, stream, line) => output.push({ pid, stream, line }),
      started: (pid, onPort) => tell({ kind: 'started', instance: call, pid, port: onPort }),
    }
    try {
      const instance = await start(spec, context, signal)
      instances.set(call, instance)
      void instance.exited.then((exit) => {
        output.flush()
        tell({ kind: 'exited', instance: call, exit })
      })
      const { pid, host, port: at, portFixed, readyMs } = instance
      return { pid, host, port: at, portFixed, readyMs }
    } finally {
      output.flush()
    }
  }

  const answerTo = async (asked: Question, signal: AbortSignal): Promise<Answers[keyof Answers]> => {
    if (asked.kind === 'start') return begin(asked, signal)
    const instance = instances.get(asked.instance)
    // One that was stopped meanwhile listens nowhere.
    if (asked.kind === 'ports') return (await instance?.ports()) ?? 0
    if (instance === undefined) throw new TypeError(`the helper has no instance ${asked.instance}`)
    const stopped = await instance.stop(signal)
    instances.delete(asked.instance)
    return stopped
  }

  const answer = async (asked: Question): Promise<void> => {
    const { call } = asked
    const cut = new AbortController()
    cuts.set(call, cut)
    try {
      tell({ kind: 'answer', call, value: await answerTo(asked, cut.signal) })
    } catch (error) {
      tell({ kind: 'failure', call, error: carry(error, cut.signal) })
    } finally {
      cuts.delete(call)
    }
  }

  process.on('message', (asked: Asked) => {
    if (asked.kind === 'cut') cuts.get(asked.call)?.abort()
    else void answer(asked)
  })
}

/** Lines that come together are told together: a message between processes costs more than a line. */
function gatherLines(tell: (lines: readonly OutputLine[]) => void): {
  readonly push: (line: OutputLine) => void
  readonly flush: () => void
} {
  let lines: OutputLine[] = []
  const flush = (): void => {
    const gathered = lines
    lines = []
    if (gathered.length > 0) tell(gathered)
  }
  return {
    push: (line) => {
      if (lines.push(line) === 1) queueMicrotask(flush)
    },
    flush,
  }
}

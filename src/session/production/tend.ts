import { type LogLimits, tendLogs } from '../../store/logs/tend.ts'
import { reportError } from '../../support/errors.ts'
import type { Plant } from './plant.ts'

/** A program that writes 10 MB per second stays within a gigabyte until the next look. */
const everyMs = 60_000

/** Looks after the logs of all instances now and every minute; the returned function ends that. */
export function tendingLogs(plant: Plant, limits: LogLimits): () => Promise<void> {
  const ended = new AbortController()
  const told = new Set<string>()
  const look = async (): Promise<void> => {
    const { ledger, state, emit } = plant
    const living = new Set(ledger.services.flatMap((name) => ledger.state(name).instances.map(({ id }) => id)))
    const { overlong } = await tendLogs(state.production.logs, { limits, living }, ended.signal)
    for (const file of overlong) {
      if (told.has(file)) continue
      told.add(file)
      emit({ type: 'project.note', note: { text: `${file} is long, and a log in use cannot be trimmed here.` } })
    }
  }
  let last = Promise.resolve()
  const lookAfterTheLast = (): void => {
    last = last.then(look).catch((error: unknown) => {
      if (!ended.signal.aborted) plant.emit({ type: 'session.fault', error: reportError(error) })
    })
  }
  const timer = setInterval(lookAfterTheLast, everyMs).unref()
  lookAfterTheLast()
  return async () => {
    clearInterval(timer)
    ended.abort()
    await last
  }
}

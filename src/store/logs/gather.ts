import { setTimeout as pause } from 'node:timers/promises'

import type { LogFile } from '../../model/log-file.ts'
import { Queue } from '../../support/queue.ts'
import { followLog } from './follow.ts'
import { type KeptLog, listLogs } from './list.ts'
import { type LogTail, readTail } from './read.ts'

export interface GatheredLine extends LogFile {
  readonly line: string
}

export interface Gathering {
  /** Which logs are meant. */
  readonly wants: (log: LogFile) => boolean
  /** How many of the lines that are there, of all logs together: the last ones of the logs that were written last. */
  readonly lines: number
  /** Go on with what is written from now on, and with the logs of instances that come, until the signal. */
  readonly follow: boolean
}

const lookMs = 500

/** Lines that wait for a slow reader; then the logs are read on only as fast as that one reads. */
const mostWaiting = 1000

/** The lines of several logs: those that are kept, log by log, the newest log last; then as they come. */
export async function* gatherLogs(
  logs: string,
  { wants, lines, follow }: Gathering,
  signal: AbortSignal,
): AsyncGenerator<GatheredLine, void, void> {
  const present: (KeptLog & LogTail)[] = []
  let left = lines
  for (const log of (await listLogs(logs)).filter(wants).toReversed()) {
    const tail = await readTail(log.file, { lines: left }, signal)
    present.unshift({ ...log, ...tail })
    left -= tail.lines.length
  }
  if (!follow) {
    for (const { service, release, id, lines } of present)
      for (const line of lines) yield { service, release, id, line }
    return
  }
  const queue = new Queue<GatheredLine>()
  let waiting = 0
  const held: (() => void)[] = []
  const goOn = () => held.splice(0).forEach((resume) => resume())
  const followed = new Set<string>()
  const stop = new AbortController()
  const cancel = () => stop.abort()
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  const join = async ({ file, service, release, id }: KeptLog, offset: number) => {
    followed.add(file)
    for await (const line of followLog(file, { offset }, stop.signal)) {
      queue.push({ service, release, id, line })
      if (++waiting >= mostWaiting) await new Promise<void>((resolve) => held.push(resolve))
    }
  }
  const run = async () => {
    const joined: Promise<void>[] = []
    const fail = (error: unknown) => queue.fail(error)
    for (const log of present) joined.push(join(log, log.from).catch(fail))
    while (!stop.signal.aborted) {
      await pause(lookMs, undefined, { signal: stop.signal }).catch(() => undefined)
      if (stop.signal.aborted) break
      for (const log of (await listLogs(logs)).filter(wants))
        if (!followed.has(log.file)) joined.push(join(log, 0).catch(fail))
    }
    await Promise.all(joined)
    queue.end()
  }
  const running = run().catch((error: unknown) => queue.fail(error))
  try {
    for await (const line of queue) {
      yield line
      if (--waiting < mostWaiting) goOn()
    }
  } finally {
    stop.abort()
    // Nobody reads any more; what follows is told to nobody.
    waiting = Number.NEGATIVE_INFINITY
    goOn()
    signal.removeEventListener('abort', cancel)
    await running
  }
}

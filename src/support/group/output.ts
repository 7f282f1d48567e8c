import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

import { splitLines } from './lines.ts'

export interface Output {
  /**
   * Resolves when everything is told that was written before the call: at the end of both streams or, where a descendant
   * that lives on keeps them open, when nothing more is waiting in the pipes. To be called after the process has ended; what
   * comes later is told all the same.
   */
  settle(): Promise<void>
}

/** Turns of the event loop without a byte after which a pipe is known to be empty: each one polls it. */
const emptyTurns = 3

/** Reads both streams of a process group as lines for as long as they last. */
export function followOutput(
  streams: { readonly stdout: Readable; readonly stderr: Readable },
  onLine: (line: string, stream: 'stdout' | 'stderr') => void,
): Output {
  let reads = 0
  const followed = (['stdout', 'stderr'] as const).map((name) => {
    const splitter = splitLines((line) => onLine(line, name))
    const stream = streams[name]
    stream.on('data', (chunk: Buffer) => {
      reads++
      splitter.write(chunk)
    })
    stream.on('error', () => undefined)
    stream.on('close', () => splitter.flush())
    return { stream, splitter }
  })
  return {
    async settle() {
      for (let seen = -1, empty = 0; empty < emptyTurns && !followed.every(({ stream }) => stream.closed);) {
        empty = seen === reads ? empty + 1 : 0
        seen = reads
        await setImmediate()
      }
      for (const { stream, splitter } of followed) {
        splitter.flush()
        unref(stream)
      }
    },
  }
}

/** A pipe that only a leftover holds open must not keep hotlane from ending. */
function unref(stream: Readable): void {
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
}

import { type FileHandle, open, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

import { errnoOf } from '../../support/files.ts'
import { splitLines } from '../../support/group/lines.ts'
import { holeAtFront } from './hole.ts'
import { tailStart } from './tail-start.ts'

/** Every file system tells the size of a file; which of them tell of changes differs. */
const lookMs = 100

const chunkBytes = 64 * 1024

/** How much of what is there already is told: the last lines, or all from an offset. */
export type FollowFrom = { readonly lines: number } | { readonly offset: number }

/**
 * What is there of a log, as far as it is asked for, then each line as it is completed, until the signal, when an incomplete one is told too.
 * A file that is not there yet is waited for; one that was truncated, or replaced by another of its name, is read from its
 * beginning once the rest of the old one is told. Never rejects for an abort.
 */
export async function* followLog(
  file: string,
  first: FollowFrom,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const told: string[] = []
  const splitter = splitLines((line) => told.push(line))
  let from = first
  while (!signal.aborted) {
    const handle = await openIfThere(file)
    if (handle === undefined) {
      // A file that comes later is new as a whole.
      from = { offset: 0 }
      await look(signal)
      continue
    }
    try {
      const { ino, size } = await handle.stat()
      let at = 'offset' in from ? from.offset : await startOf(handle, size, from.lines, signal)
      for (let isLast = false; ;) {
        const before = at
        at = await readOn(handle, at, (bytes) => splitter.write(bytes))
        yield* told.splice(0)
        if (signal.aborted) break
        if (at !== before) continue
        if (isLast) break
        if ((await handle.stat()).size < at) {
          splitter.flush()
          at = 0
          continue
        }
        // What was written before it was replaced is read once more before it is left.
        isLast = await isReplaced(file, ino)
        if (!isLast) await look(signal)
      }
    } finally {
      await handle.close()
    }
    splitter.flush()
    yield* told.splice(0)
    from = { offset: 0 }
  }
}

async function startOf(handle: FileHandle, size: number, lines: number, signal: AbortSignal): Promise<number> {
  return tailStart(handle, size, lines, signal).catch((error: unknown) => {
    if (signal.aborted) return size
    throw error
  })
}

/** Reads one chunk, and returns where the next one begins. */
async function readOn(handle: FileHandle, at: number, take: (bytes: Buffer) => void): Promise<number> {
  const chunk = Buffer.alloc(chunkBytes)
  const { bytesRead } = await handle.read(chunk, 0, chunkBytes, at)
  const bytes = chunk.subarray(0, bytesRead)
  take(bytes.subarray(holeAtFront(bytes)))
  return at + bytesRead
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  return open(file, 'r').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  })
}

/** Whether the name has come to another file, or to none: a log that is removed is over, but for its next one. */
async function isReplaced(file: string, ino: number): Promise<boolean> {
  return stat(file).then(
    (now) => now.ino !== ino,
    () => true,
  )
}

async function look(signal: AbortSignal): Promise<void> {
  await pause(lookMs, undefined, { signal }).catch(() => undefined)
}

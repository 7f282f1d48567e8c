import { open } from 'node:fs/promises'

import { errnoOf } from '../../support/files.ts'
import { splitLines } from '../../support/group/lines.ts'
import { tailStart } from './tail-start.ts'

const chunkBytes = 64 * 1024

/** Lines with the offset in their file at which the first of them begins. */
export interface LogTail {
  readonly from: number
  readonly lines: readonly string[]
}

/**
 * The last lines of a log as far as it is written, the last one also where its line break is not written yet; `followLog` goes
 * on from there. Empty where there is no such file. Rejects with the signal's reason.
 */
export async function readTail(
  file: string,
  { lines }: { readonly lines: number },
  signal: AbortSignal,
): Promise<LogTail> {
  signal.throwIfAborted()
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (handle === undefined) return { from: 0, lines: [] }
  try {
    const { size } = await handle.stat()
    const found: string[] = []
    const splitter = splitLines((line) => found.push(line))
    const from = await tailStart(handle, size, lines, signal)
    for (let at = from; at < size;) {
      signal.throwIfAborted()
      const chunk = Buffer.alloc(Math.min(chunkBytes, size - at))
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
      if (bytesRead === 0) break
      splitter.write(chunk.subarray(0, bytesRead))
      at += bytesRead
    }
    splitter.flush()
    return { from, lines: found }
  } finally {
    await handle.close()
  }
}

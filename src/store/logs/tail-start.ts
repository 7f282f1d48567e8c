import type { FileHandle } from 'node:fs/promises'

import { blockBytes, lastHoleEnd } from './hole.ts'

const chunkBytes = 16 * blockBytes
const newline = 0x0a

/**
 * Offset at which the last `lines` lines of the first `size` bytes begin. What follows the last line break is a line too.
 * Read from the end, and never into a hole.
 */
export async function tailStart(handle: FileHandle, size: number, lines: number, signal: AbortSignal): Promise<number> {
  if (lines <= 0) return size
  let left = lines
  const chunk = Buffer.alloc(chunkBytes)
  for (let end = size; end > 0;) {
    signal.throwIfAborted()
    const start = Math.floor((end - 1) / chunkBytes) * chunkBytes
    const { bytesRead } = await handle.read(chunk, 0, end - start, start)
    const bytes = chunk.subarray(0, bytesRead)
    const hole = lastHoleEnd(bytes)
    for (let at = bytes.length - 1; at >= hole; at--) {
      // The break that ends the last line begins no other.
      if (bytes[at] !== newline || start + at === size - 1) continue
      if (--left === 0) return start + at + 1
    }
    if (hole > 0) return start + hole
    end = start
  }
  return 0
}

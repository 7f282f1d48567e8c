import { execFile } from 'node:child_process'
import { platform } from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Holes are made of whole blocks; all common file systems have blocks of this size or a part of it. */
export const blockBytes = 4096

/**
 * Gives the space of a file's first `bytes` (whole blocks of which are taken) back to the file system, while others go on
 * writing to its end and reading it: they read zeros there, and no offset moves (fallocate(2), `FALLOC_FL_PUNCH_HOLE`).
 * By util-linux's `fallocate`, since node has no call for it. False where that or the file system cannot: on macOS and
 * Windows, in images without util-linux, on some network file systems.
 */
export async function punchHole(file: string, bytes: number, signal: AbortSignal): Promise<boolean> {
  const length = Math.floor(bytes / blockBytes) * blockBytes
  if (platform !== 'linux' || length <= 0) return false
  const args = ['--punch-hole', '--offset', '0', '--length', String(length), file]
  try {
    await run('fallocate', args, { signal })
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}

/** How many bytes of the front belong to a hole: a whole block of zeros, which no program writes as text, and what zeros follow. */
export function holeAtFront(bytes: Buffer): number {
  if (bytes.length < blockBytes || !isZero(bytes.subarray(0, blockBytes))) return 0
  const end = bytes.findIndex((byte) => byte !== 0)
  return end === -1 ? bytes.length : end
}

/** Where the last block of zeros ends in bytes that begin at a multiple of its size; 0 where there is none. */
export function lastHoleEnd(bytes: Buffer): number {
  for (let at = Math.floor(bytes.length / blockBytes) * blockBytes; at >= blockBytes; at -= blockBytes) {
    if (isZero(bytes.subarray(at - blockBytes, at))) return at
  }
  return 0
}

const zeros = Buffer.alloc(blockBytes)

function isZero(block: Buffer): boolean {
  return zeros.equals(block)
}

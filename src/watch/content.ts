import { createHash, type Hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { largeBytes } from './file-state.ts'

export interface Content {
  /** Undefined where the file could not be read. */
  readonly hash: string | undefined
  /** False where the file was being written while it was read: hash and `stats` need not belong together. */
  readonly steady: boolean
}

/**
 * Reads a file and names its content. `stats` is what the caller saw just before; small files are read in one go, large
 * ones in pieces between which other work can run. Never throws but for an abort.
 */
export async function readContent(path: string, stats: Stats, signal: AbortSignal): Promise<Content> {
  try {
    if (stats.isSymbolicLink()) return { hash: name(createHash('sha256').update(readlinkSync(path))), steady: true }
    return stats.size > largeBytes ? await readLarge(path, stats, signal) : readSmall(path, stats)
  } catch {
    signal.throwIfAborted()
    return { hash: undefined, steady: true }
  }
}

function readSmall(path: string, stats: Stats): Content {
  const descriptor = openSync(path, openFlags)
  try {
    const hash = createHash('sha256')
    // One byte more than expected, so that growth shows itself by being read.
    const buffer = Buffer.allocUnsafe(Math.min(stats.size, chunkBytes) + 1)
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, null)
      if (count === 0) break
      hash.update(buffer.subarray(0, count))
    }
    return { hash: name(hash), steady: isSame(stats, fstatSync(descriptor)) }
  } finally {
    closeSync(descriptor)
  }
}

async function readLarge(path: string, stats: Stats, signal: AbortSignal): Promise<Content> {
  await using file = await open(path, openFlags)
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(chunkBytes)
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
    if (bytesRead === 0) break
    hash.update(buffer.subarray(0, bytesRead))
  }
  return { hash: name(hash), steady: isSame(stats, await file.stat()) }
}

function isSame(before: Stats, after: Stats): boolean {
  return before.ino === after.ino && before.mtimeMs === after.mtimeMs && before.size === after.size
}

/** Half of a SHA-256 as a one-byte string: 16 bytes per watched file are enough to tell two contents apart. */
function name(hash: Hash): string {
  return hash.digest().toString('latin1', 0, 16)
}

const chunkBytes = 256 * 1024
// Without O_NONBLOCK a pipe that has just taken the file's place would stop the whole process.
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

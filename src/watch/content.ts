import { createHash, hash as cryptoHash } from 'node:crypto'
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
    if (stats.isSymbolicLink()) return { hash: oneShot(readlinkSync(path)), steady: true }
    return stats.size > largeBytes ? await readLarge(path, stats, signal) : readSmall(path, stats)
  } catch {
    signal.throwIfAborted()
    return { hash: undefined, steady: true }
  }
}

function readSmall(path: string, stats: Stats): Content {
  const descriptor = openSync(path, openFlags)
  try {
    // One buffer for all, since thousands of files are read in a row and this function does not give way to another.
    const buffer = (smallBuffer ??= Buffer.allocUnsafeSlow(chunkBytes))
    let count = readSync(descriptor, buffer, 0, buffer.length, null)
    let name: string
    if (count < buffer.length) {
      // A short read may be followed by more where somebody is writing; the stat below then differs.
      name = oneShot(buffer.subarray(0, count))
    } else {
      const hash = createHash(algorithm)
      for (; count > 0; count = readSync(descriptor, buffer, 0, buffer.length, null))
        hash.update(buffer.subarray(0, count))
      name = hash.digest('binary')
    }
    return { hash: name, steady: isSame(stats, fstatSync(descriptor)) }
  } finally {
    closeSync(descriptor)
  }
}

async function readLarge(path: string, stats: Stats, signal: AbortSignal): Promise<Content> {
  await using file = await open(path, openFlags)
  const hash = createHash(algorithm)
  const buffer = Buffer.allocUnsafe(chunkBytes)
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
    if (bytesRead === 0) break
    hash.update(buffer.subarray(0, bytesRead))
  }
  return { hash: hash.digest('binary'), steady: isSame(stats, await file.stat()) }
}

function isSame(before: Stats, after: Stats): boolean {
  return before.ino === after.ino && before.mtimeMs === after.mtimeMs && before.size === after.size
}

function oneShot(data: Buffer | string): string {
  return cryptoHash(algorithm, data, 'binary')
}

// As one-byte strings, the shortest form that can be compared with ===.
const algorithm = 'sha256'
const chunkBytes = 64 * 1024
let smallBuffer: Buffer | undefined
// Without O_NONBLOCK a pipe that has just taken the file's place would stop the whole process.
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

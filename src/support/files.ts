import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Read at once: to hash it keeps everything else waiting, so it is not more. */
const maxChunkBytes = 256 * 1024

/** Writes a file so that a reader sees the old content or the new one, never a part (temporary file, then rename). */
export async function writeFileAtomic(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(temporary, content)
  await rename(temporary, file)
}

/** SHA-256 of a file's content, in hex. Rejects with the system's error, and with the signal's reason. */
export async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  // No stream: most files are small, and each would listen to the signal.
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const buffer = Buffer.allocUnsafe(Math.min(maxChunkBytes, size + 1))
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

export async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

/** The file's text; undefined where there is no such file. Rejects with the system's error in every other case. */
export async function textIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  })
}

/** A service's name as a part of file names: without characters that mean something there. */
export function asFileName(service: string): string {
  return service.replace(/[^\w.-]/g, '-')
}

/** The code of a system error (`ENOENT`, …), else undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

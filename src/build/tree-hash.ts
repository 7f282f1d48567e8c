import { createHash } from 'node:crypto'
import { readdir, readlink } from 'node:fs/promises'
import path from 'node:path'
import { hashFile } from '../support/files.ts'

/**
 * SHA-256 in hex over a directory: relative names, kinds and contents, in an order that does not depend on the file system.
 * Links are named by their target and not followed; times and modes do not count.
 */
export async function hashTree(directory: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const files = entries.map((entry) => ({ entry, file: path.join(entry.parentPath, entry.name) }))
  for (const { entry, file } of files.sort((a, b) => (a.file < b.file ? -1 : 1))) {
    signal?.throwIfAborted()
    const name = path.relative(directory, file)
    if (entry.isFile()) hash.update(`file\0${name}\0${await hashFile(file, signal)}\n`)
    else if (entry.isSymbolicLink()) hash.update(`link\0${name}\0${await readlink(file)}\n`)
    else if (entry.isDirectory()) hash.update(`directory\0${name}\n`)
  }
  return hash.digest('hex')
}

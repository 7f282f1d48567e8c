import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { errnoOf } from '../support/files.ts'
import { isAbandoned } from '../support/scratch.ts'

export interface CollectOptions {
  /** Bytes that all artifacts together may take; those to keep count, but are never removed for it. */
  readonly budgetBytes: number
  /** Absolute paths of artifacts that a release still needs. */
  readonly keep: ReadonlySet<string>
}

interface Entry {
  readonly path: string
  readonly bytes: number
  readonly usedAtMs: number
}

/**
 * Removes the artifacts that were used least recently until the rest fits the budget, and the scratch directories of
 * builders that were killed. Last use is the file's mtime: builders touch an artifact that they find again.
 * Returns the absolute paths that were removed, oldest first. A directory that does not exist holds nothing.
 */
export async function collectArtifacts(directory: string, options: CollectOptions): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  })
  const removed: string[] = []
  for (const name of names.filter(isAbandoned)) {
    const scratch = path.join(directory, name)
    await rm(scratch, { recursive: true, force: true })
    removed.push(scratch)
  }
  const entries = await listEntries(directory, names)
  let total = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  for (const entry of entries.sort((a, b) => a.usedAtMs - b.usedAtMs)) {
    if (total <= options.budgetBytes) break
    if (options.keep.has(entry.path)) continue
    await rm(entry.path, { force: true })
    total -= entry.bytes
    removed.push(entry.path)
  }
  return removed
}

/** Plain files only; names with a leading dot are work in progress of somebody who lives. */
async function listEntries(directory: string, names: readonly string[]): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const name of names) {
    if (name.startsWith('.')) continue
    const file = path.join(directory, name)
    const found = await stat(file).catch(() => undefined)
    if (found?.isFile() !== true) continue
    entries.push({ path: file, bytes: found.size, usedAtMs: found.mtimeMs })
  }
  return entries
}

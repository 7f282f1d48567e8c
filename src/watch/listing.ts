import { opendirSync, type Dirent } from 'node:fs'
import { errnoOf } from '../support/files.ts'
import { look } from './file-state.ts'
import type { Scene } from './scene.ts'
import type { Directory } from './tree.ts'

/**
 * The names in a directory that are watched, or undefined where it cannot be listed now. A stream of entries, so that a
 * directory of 200,000 ignored files costs time but no memory.
 */
export async function listNames(scene: Scene, directory: Directory): Promise<string[] | undefined> {
  if (!directory.whole) return [...directory.pinned]
  const names: string[] = []
  let handle
  try {
    handle = opendirSync(directory.path, { bufferSize: 256 })
  } catch (error) {
    const code = errnoOf(error)
    return code === 'ENOENT' || code === 'ENOTDIR' ? [] : undefined
  }
  try {
    for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) {
      if (isWanted(scene, directory, entry)) names.push(entry.name)
      if (scene.pace.due()) await scene.pace.rest(scene.signal)
    }
  } catch {
    scene.signal.throwIfAborted()
    return undefined
  } finally {
    handle.closeSync()
  }
  return names
}

function isWanted(scene: Scene, directory: Directory, entry: Dirent): boolean {
  if (directory.pinned.has(entry.name)) return true
  const full = directory.at(entry.name)
  if (entry.isDirectory()) return !scene.spec.ignored(full, true)
  if (entry.isFile()) return !scene.spec.ignored(full, false)
  if (!entry.isSymbolicLink()) return false
  if (!scene.spec.followLinks) return !scene.spec.ignored(full, false)
  const target = look(full, true)
  return typeof target === 'object' && !scene.spec.ignored(full, target.isDirectory())
}

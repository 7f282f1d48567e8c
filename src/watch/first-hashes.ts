import { readContent } from './content.ts'
import { isRacy, largeBytes, look, sameStat } from './file-state.ts'
import { Pace } from './pace.ts'
import type { Scene } from './scene.ts'
import type { Directory } from './tree.ts'

/** Work for a few milliseconds, then leave the processor to others for many. */
const workMs = 4
const restMs = 25

/**
 * Reads the content of every small file that nobody has read yet, slowly, so that later an unchanged save can be told.
 * `changed` is called for a file that is no longer as the snapshot has it. @throws AbortError
 */
export async function readFirstHashes(scene: Scene, changed: (directory: string, name: string) => void): Promise<void> {
  const pace = new Pace(workMs, restMs)
  for (const directory of scene.tree.values()) {
    for (const [name, state] of directory.files) {
      if (state.hash !== undefined || state.size > largeBytes) continue
      if (!(await readHash(scene, directory, name))) changed(directory.path, name)
      if (pace.due()) await pace.rest(scene.signal)
    }
  }
}

/** Reads one file for the snapshot; false where it is no longer as the snapshot has it. */
export async function readHash(scene: Scene, directory: Directory, name: string): Promise<boolean> {
  const full = directory.at(name)
  const state = directory.files.get(name)
  const stats = look(full, scene.spec.followLinks)
  if (state === undefined || stats === 'unreadable') return true
  if (stats === 'gone' || !sameStat(state, stats)) return false
  const { hash, steady } = await readContent(full, stats, scene.signal)
  if (!steady) return false
  state.hash = hash
  state.racy = isRacy(state.mtimeMs)
  return true
}

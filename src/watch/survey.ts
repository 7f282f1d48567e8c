import { kindOf, look, sameStat } from './file-state.ts'
import { listNames } from './listing.ts'
import type { Scene } from './scene.ts'
import type { Directory } from './tree.ts'

/** `differs` is false for what may be as it was, but cannot be told by lstat. */
export type Finding = (directory: string, name: string, differs: boolean) => void

/**
 * Compares a directory with its snapshot by lstat alone and tells the names that should be examined. The listing is read
 * only where the directory's own time stamp says that names have come or gone.
 */
export async function survey(scene: Scene, directory: Directory, found: Finding): Promise<void> {
  const stats = look(directory.path, directory.linked)
  if (stats === 'unreadable') return
  const isThere = stats !== 'gone' && stats.isDirectory()
  if (isThere ? !directory.isSame(stats) : directory.present) found(directory.path, '.', true)
  if (!isThere || !directory.isSame(stats)) return

  if (!directory.whole || !directory.isListed(stats)) {
    const names = (await listNames(scene, directory)) ?? []
    const unknown = names.filter((name) => !directory.knows(name) && (directory.whole || exists(directory, name)))
    for (const name of unknown) found(directory.path, name, true)
    if (unknown.length === 0) directory.identify(stats)
  }
  for (const [name, state] of directory.files) {
    const file = look(directory.at(name), scene.spec.followLinks)
    if (file === 'unreadable') continue
    const differs = file === 'gone' || kindOf(file) !== 'file' || !sameStat(state, file)
    if (differs || state.racy) found(directory.path, name, differs)
    if (scene.pace.due()) await scene.pace.rest(scene.signal)
  }
}

/** Surveys many directories. @throws AbortError */
export async function surveyAll(scene: Scene, directories: Iterable<Directory>, found: Finding): Promise<void> {
  for (const directory of directories) {
    await survey(scene, directory, found)
    if (scene.pace.due()) await scene.pace.rest(scene.signal)
  }
}

function exists(directory: Directory, name: string): boolean {
  return look(directory.at(name), false) !== 'gone'
}

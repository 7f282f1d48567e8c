import type { Stats } from 'node:fs'
import { readContent } from './content.ts'
import { isLink, largeBytes, sameStat, stateOf } from './file-state.ts'
import type { Scene } from './scene.ts'
import type { Directory } from './tree.ts'

/** Brings the snapshot of a file that exists up to date, and notes whether it is new or has another content. */
export async function examineFile(scene: Scene, directory: Directory, name: string, stats: Stats): Promise<void> {
  const full = directory.at(name)
  if (!directory.pinned.has(name) && (!directory.whole || scene.spec.ignored(full, false))) {
    directory.files.delete(name)
    return
  }
  if (scene.spec.followLinks && isLink(full)) directory.outward = true
  const before = directory.files.get(name)
  if (before !== undefined && !before.racy && sameStat(before, stats)) return
  // Many editors empty a file before they write it; nobody wants a build of that moment.
  const isEmptied = stats.size === 0 && (before === undefined || before.size > 0)
  if (isEmptied && postpone(scene, directory, name, 'empty', stats)) return

  let hash: string | undefined
  const young = stateOf(stats, undefined)
  if (isReadNow(scene, before?.hash !== undefined && before.size === stats.size, young)) {
    const content = await readContent(full, stats, scene.signal)
    if (!content.steady && postpone(scene, directory, name, 'unsteady', stats)) return
    hash = content.steady ? content.hash : undefined
  }
  const after = { ...young, hash }
  directory.files.set(name, after)
  // What was never read cannot be compared; an equal stat is then all that speaks, and it says that nothing happened.
  const isFirstRead = before !== undefined && before.hash === undefined && sameStat(before, stats)
  if (!isFirstRead) scene.note(full, before, after)
  if (before !== undefined && hash === undefined && stats.size > largeBytes) scene.readLater(directory.path, name)
}

function isReadNow(
  scene: Scene,
  isComparable: boolean,
  young: { readonly size: number; readonly racy: boolean },
): boolean {
  if (young.size > largeBytes) return isComparable
  return scene.comparing() || young.racy
}

function postpone(scene: Scene, directory: Directory, name: string, why: 'empty' | 'unsteady', stats: Stats): boolean {
  return scene.comparing() && scene.postpone(directory.path, name, { why, mtimeMs: stats.mtimeMs })
}

import { realpathSync, type Stats } from 'node:fs'
import path from 'node:path'
import type { Scene } from './scene.ts'
import type { Directory } from './tree.ts'

/** So many links may follow one another; directories that link to each other in circles end here at the latest. */
const deepestLink = 4

/**
 * Whether a linked directory need not be entered: it is one of its own ancestors, it is watched below a root under its own
 * name, or it is the end of a long chain of links.
 */
export function linkLeadsBack(scene: Scene, parent: Directory, full: string, stats: Stats): boolean {
  let links = 0
  for (let directory: Directory | undefined = parent; directory !== undefined; directory = directory.parent) {
    if (directory.isSame(stats)) return true
    if (directory.linked) links++
  }
  return links >= deepestLink || isWatchedByName(scene, full)
}

function isWatchedByName(scene: Scene, full: string): boolean {
  let target: string
  try {
    target = realpathSync.native(full)
  } catch {
    return true
  }
  return scene.spec.roots.some((root) => {
    const inside = target === root || target.startsWith(root + path.sep)
    return inside && (target === root || !scene.spec.ignored(target, true))
  })
}

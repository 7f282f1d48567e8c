import type { Stats } from 'node:fs'
import { examineFile } from './examine-file.ts'
import { isLink, kindOf, look } from './file-state.ts'
import { linkLeadsBack } from './links.ts'
import { listNames } from './listing.ts'
import type { Scene } from './scene.ts'
import { Directory } from './tree.ts'

/** How much of a directory is looked at again: its own names, or everything below. */
export type Depth = 'names' | 'all'

/** Brings the snapshot of one name in a directory (`.`: of the directory itself) up to date, and notes what changed. */
export async function examine(scene: Scene, directory: Directory, name: string): Promise<void> {
  if (name === '.') {
    await refresh(scene, directory, 'names')
    return
  }
  const full = directory.at(name)
  const stats = look(full, scene.spec.followLinks)
  if (stats === 'unreadable') return
  const kind = stats === 'gone' ? 'gone' : kindOf(stats)

  if (kind !== 'file') forgetFile(scene, directory, name)
  const child = directory.directories.get(name)
  if (kind !== 'directory' && child !== undefined) leave(scene, child)

  if (stats === 'gone') directory.skippedLinks.delete(name)
  else if (kind === 'file') await examineFile(scene, directory, name, stats)
  else if (kind === 'directory' && directory.whole) await examineDirectory(scene, directory, name, stats)
}

/**
 * Lists a directory again and examines its names; `all` goes down into every directory below. Events of the directory are
 * asked for anew first, since a directory that was replaced takes its watch with it.
 */
export async function refresh(scene: Scene, directory: Directory, depth: Depth): Promise<void> {
  const found = look(directory.path, directory.linked)
  if (found === 'unreadable') return
  if (found === 'gone' || !found.isDirectory()) {
    const { parent, name } = directory
    leave(scene, directory)
    if (parent !== undefined) await examine(scene, parent, name)
    return
  }
  const reach = directory.isSame(found) ? depth : 'all'
  scene.tree.setWatched(directory, scene.source.open(directory.path, reachOf(directory)))
  // Looked at again, since the first look was before the events began.
  const stats = look(directory.path, directory.linked)
  if (typeof stats === 'string' || !stats.isDirectory()) return
  directory.identify(stats)
  const names = await listNames(scene, directory)
  if (names === undefined) return
  for (const name of new Set([...names, ...directory.files.keys(), ...directory.directories.keys()])) {
    const child = directory.directories.get(name)
    if (child === undefined || !(await examineChild(scene, child, reach))) await examine(scene, directory, name)
    if (scene.pace.due()) await scene.pace.rest(scene.signal)
  }
}

/** Takes a directory that exists, and everything below, into the snapshot. */
async function enter(scene: Scene, parent: Directory, name: string, stats: Stats): Promise<void> {
  const full = parent.at(name)
  const linked = scene.spec.followLinks && isLink(full)
  if (linked && linkLeadsBack(scene, parent, full, stats)) {
    parent.skippedLinks.add(name)
    return
  }
  const directory = scene.tree.get(full) ?? new Directory(full, linked)
  directory.linked = linked
  directory.parent = parent
  directory.whole = true
  parent.directories.set(name, directory)
  scene.tree.add(directory)
  await refresh(scene, directory, 'all')
}

/** Drops a directory from the snapshot. A root, and a directory with pinned files, is waited for. */
function leave(scene: Scene, directory: Directory, ignoredNow = false): void {
  for (const name of directory.files.keys()) {
    if (!ignoredNow) forgetFile(scene, directory, name)
    else if (!directory.pinned.has(name)) directory.files.delete(name)
  }
  for (const child of directory.directories.values()) leave(scene, child, ignoredNow)
  const isRoot = directory.parent === undefined && directory.whole
  directory.parent?.directories.delete(directory.name)
  directory.parent = undefined
  if (!isRoot) directory.whole = false
  if (ignoredNow && directory.pinned.size > 0) return
  scene.source.close(directory.path)
  directory.present = false
  if (isRoot || directory.pinned.size > 0) scene.tree.setWatched(directory, false)
  else scene.tree.delete(directory)
}

async function examineDirectory(scene: Scene, parent: Directory, name: string, stats: Stats): Promise<void> {
  const child = parent.directories.get(name)
  const isIgnored = scene.spec.ignored(parent.at(name), true)
  if (isIgnored && child !== undefined) leave(scene, child, true)
  else if (!isIgnored && child !== undefined) await refresh(scene, child, 'names')
  else if (!isIgnored) await enter(scene, parent, name, stats)
}

/** Examines a known directory while its parent is listed; false where it is none any more, or has become ignored. */
async function examineChild(scene: Scene, child: Directory, depth: Depth): Promise<boolean> {
  const stats = look(child.path, child.linked)
  if (typeof stats === 'string' || !stats.isDirectory() || scene.spec.ignored(child.path, true)) return false
  if (depth === 'all' || !child.isSame(stats)) await refresh(scene, child, depth)
  return true
}

function forgetFile(scene: Scene, directory: Directory, name: string): void {
  const before = directory.files.get(name)
  if (before === undefined) return
  directory.files.delete(name)
  scene.note(directory.at(name), before, undefined)
}

function reachOf(directory: Directory): 'tree' | 'flat' | 'covered' {
  if (!directory.whole) return 'flat'
  return directory.linked || directory.parent === undefined ? 'tree' : 'covered'
}

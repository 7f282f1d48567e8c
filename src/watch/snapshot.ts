import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { errnoOf } from '../support/files.ts'
import { HotlaneError } from '../support/errors.ts'
import { examine, refresh } from './examine.ts'
import { isLink, look } from './file-state.ts'
import type { Scene } from './scene.ts'
import { Directory } from './tree.ts'

/** Takes all roots and single files into the tree, with a watch set before each look. @throws HotlaneError HL2001 */
export async function takeSnapshot(scene: Scene): Promise<void> {
  for (const root of scene.spec.roots) {
    // A root inside another one is already there, unless it is ignored from the other's point of view.
    if (scene.tree.get(root)?.whole === true) continue
    checkRoot(root)
    const directory = scene.tree.get(root) ?? new Directory(root, true)
    directory.whole = true
    directory.outward = isLink(root)
    scene.tree.add(directory)
    await refresh(scene, directory, 'all')
  }
  for (const file of scene.spec.files) await pin(scene, file)
}

async function pin(scene: Scene, file: string): Promise<void> {
  const parent = path.dirname(file)
  const known = scene.tree.get(parent)
  const directory = known ?? new Directory(parent, true)
  directory.pinned.add(path.basename(file))
  if (known !== undefined) {
    await examine(scene, directory, path.basename(file))
    return
  }
  scene.tree.add(directory)
  scene.tree.setWatched(directory, false)
  if (look(parent, true) !== 'gone') await refresh(scene, directory, 'names')
}

function checkRoot(root: string): void {
  const stats = look(root, true)
  let reason: string | undefined
  if (stats === 'gone') reason = 'it does not exist'
  else if (stats !== 'unreadable' && !stats.isDirectory()) reason = 'it is not a directory'
  if (reason !== undefined) throw new HotlaneError('HL2001', { params: { directory: root, reason } })
  try {
    accessSync(root, constants.R_OK | constants.X_OK)
  } catch (cause) {
    throw new HotlaneError('HL2001', { params: { directory: root, reason: errnoOf(cause) ?? String(cause) }, cause })
  }
}

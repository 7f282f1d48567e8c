import path from 'node:path'
import type { DraftWriter } from './draft.ts'
import type { FreshValues } from './fresh-values.ts'
import { anchoredTree, clean, escapeGlob, extensionGlobs } from './globs.ts'

export interface FreshFilterPlace {
  readonly service: readonly string[]
  /** Of `root` to the working directory; empty for itself. */
  readonly relativeRoot: string
  readonly root: string
  readonly directory: string
}

/** Writes what fresh watches, and what restarts the app without a build. */
export function writeFreshFilters(writer: DraftWriter, values: FreshValues, place: FreshFilterPlace): void {
  const { service } = place
  const valid = values.words('valid_ext')
  const undotted = valid.filter((word) => !word.startsWith('.'))
  if (undotted.length > 0) {
    writer.note(
      `Extensions in valid_ext need a dot in fresh, so ${undotted.join(', ')} matches nothing there; hotlane watches it.`,
      values.position('valid_ext'),
    )
  }
  writer.set([...service, 'watch', 'include'], extensionGlobs(valid), values.position('valid_ext'))
  const restart = values.words('no_rebuild_ext')
  if (restart.length === 0) {
    writer.note(
      'With an empty no_rebuild_ext fresh never builds; hotlane passes over the key.',
      values.position('no_rebuild_ext'),
    )
  } else {
    // fresh compares the end of the name, so `_gen.go` is as good as `.tmpl`.
    const inputs = restart.map((end) => `**/*${escapeGlob(end)}`)
    writer.set(
      [...service, 'rules'],
      [{ name: 'restart without build', inputs, action: 'restart' }],
      values.position('no_rebuild_ext'),
    )
  }
  const ignored = values
    .words('ignored')
    .map(clean)
    .filter((word) => word !== '')
  if (place.relativeRoot !== '' && ignored.length > 0) {
    writer.note(
      `With root ${place.relativeRoot} fresh ignores none of ${ignored.join(', ')}; hotlane ignores them below root.`,
      values.position('ignored'),
    )
  }
  const tmp = path.resolve(place.directory, values.text('tmp_path'))
  const tmpInRoot = path.relative(place.root, tmp).split(path.sep).join('/')
  const inside = tmpInRoot !== '' && !tmpInRoot.startsWith('..')
  writer.set(
    [...service, 'watch', 'ignore'],
    ['.*/', ...new Set([...ignored.map(anchoredTree), ...(inside ? [anchoredTree(tmpInRoot)] : [])])],
    values.position('ignored'),
  )
  if (inside) {
    writer.note(
      `fresh ignores every path that begins with "${tmpInRoot}", such as ${tmpInRoot}l/ too; hotlane ignores the directory only.`,
      values.position('tmp_path'),
    )
  }
  writer.set([...service, 'watch', 'gitignore'], false, values.position('ignored'))
}

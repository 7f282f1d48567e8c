import path from 'node:path'
import type { DraftWriter } from './draft.ts'
import { anchored, clean, escapeGlob, extensionGlobs } from './globs.ts'
import type { RealizeTable } from './realize-file.ts'
import type { RealizePlace } from './realize.ts'

/** Writes what realize watches, in all the spellings that its versions have had. */
export function writeRealizeWatch(writer: DraftWriter, watcher: RealizeTable, place: RealizePlace): void {
  const at = [...place.service, 'watch']
  const extensions = watcher.texts('extensions')
  if (extensions.length === 0) {
    writer.note(
      'Without watcher.extensions realize accepts no file that has one; hotlane watches all.',
      watcher.position('extensions'),
    )
  } else writer.set([...at, 'include'], extensionGlobs(extensions), watcher.position('extensions'))
  const paths = watcher.texts('paths').map((each) => clean(each) || '.')
  if (paths.length > 0 && !paths.includes('.')) writer.set([...at, 'roots'], paths, watcher.position('paths'))
  const older = watcher.table('ignore')
  const named = [...watcher.texts('ignored_paths'), ...watcher.texts('ignore_paths'), ...older.texts('paths')]
  const ignoredExtensions = [
    ...named.filter((name) => extensions.includes(name.replace(/^\./, ''))),
    ...older.texts('exts'),
  ]
  const ignored = named
    .filter((name) => !ignoredExtensions.includes(name))
    .map(clean)
    .filter((name) => name !== '' && name !== '.')
  const ignore = [
    ...(watcher.flag('hidden') ? ['.*'] : []),
    // realize compares how a path begins; a directory or file of that name is what was meant.
    ...ignored.map(anchored),
    ...ignoredExtensions.map((name) => `**/*.${escapeGlob(name.replace(/^\./, ''))}`),
  ]
  const key = ['ignored_paths', 'ignore_paths', 'ignore', 'hidden'].find((name) => watcher.has(name))
  const position = key === undefined ? { file: place.file.shown } : watcher.position(key)
  if (ignore.length > 0) writer.set([...at, 'ignore'], ignore, position)
  writer.set([...at, 'gitignore'], false, position)
  const outside = paths.filter((each) => path.posix.normalize(each).startsWith('..'))
  if (outside.length > 0)
    writer.note(
      `${outside.join(', ')} of watcher.paths lies outside the project and is watched too.`,
      watcher.position('paths'),
    )
}

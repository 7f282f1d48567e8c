import path from 'node:path'
import { writeSettle } from './air-settings.ts'
import { projectName } from './project-name.ts'
import { type Draft, DraftWriter } from './draft.ts'
import type { ForeignFile } from './foreign.ts'
import { type FreshFile, parseFresh } from './fresh-file.ts'
import { writeFreshFilters } from './fresh-filters.ts'
import { freshDefaults, type FreshValues, freshValues } from './fresh-values.ts'
import { importsAnywhere } from './go-imports.ts'
import { nearest } from '../support/nearest.ts'

/** A `runner.conf` of fresh's as a draft of one service; what means something else here becomes a note. */
export async function importFresh(file: ForeignFile): Promise<Draft> {
  const writer = new DraftWriter()
  const read = parseFresh(file.text.replace(/^\uFEFF/, ''))
  if (file.text.startsWith('\uFEFF')) {
    writer.note('fresh takes the byte order mark as a part of the first key; hotlane does not.', {
      file: file.shown,
      line: 1,
      column: 1,
    })
  }
  const values = freshValues(read, file)
  tellOddities(writer, read, values)
  const root = path.resolve(file.directory, values.text('root'))
  const relativeRoot = path.relative(file.directory, root).split(path.sep).join('/')
  const service = ['services', await projectName(file.directory)]
  writer.set([...service, 'path'], relativeRoot === '' ? '.' : relativeRoot, values.position('root'))
  if (relativeRoot !== '')
    writer.set(
      [...service, 'cwd'],
      path.relative(root, file.directory).split(path.sep).join('/'),
      values.position('root'),
    )
  const goPackage = relativeRoot === '' ? '.' : relativeRoot.startsWith('..') ? relativeRoot : `./${relativeRoot}`
  writer.set([...service, 'build'], { go: goPackage }, values.position('root'))
  writeFreshFilters(writer, values, { service, relativeRoot, root, directory: file.directory })
  writeDelay(writer, values)
  await writeEnv(writer, read, values, { service, file, root })
  return writer.finish({ kind: 'fresh', file: file.shown }, { base: file.root, files: [] })
}

function tellOddities(writer: DraftWriter, read: FreshFile, values: FreshValues): void {
  const { file } = values.position('')
  if (read.unended !== undefined) {
    writer.note('The last line has no line end: fresh drops it, hotlane reads it.', {
      file,
      line: read.unended,
      column: 1,
    })
  }
  for (const { key, section, line, column } of read.elsewhere) {
    writer.note(`"${key}" stands in [${section}]; only keys before any section or in [Settings] count.`, {
      file,
      line,
      column,
    })
  }
  for (const { key, line, column } of read.entries.values()) {
    if (Object.hasOwn(freshDefaults, key)) continue
    const near = nearest(key, Object.keys(freshDefaults))
    const hint = near === undefined ? '' : `; the nearest known is "${near}"`
    writer.note(
      `"${key}" is not known to fresh${hint}. It is passed on to the app as RUNNER_${key.toUpperCase()}, as there.`,
      { file, line, column },
    )
  }
}

function writeDelay(writer: DraftWriter, values: FreshValues): void {
  if (!values.has('build_delay')) return
  const written = values.text('build_delay')
  const whole = /^[+-]?\d+$/.test(written)
  if (!whole)
    writer.note(
      `build_delay is a whole number of milliseconds; fresh reads "${written}" as 0, and so does hotlane.`,
      values.position('build_delay'),
    )
  writeSettle(writer, whole ? Number(written) : 0, values.position('build_delay'))
}

/** Apps that show fresh's build errors read its settings from the environment; others only get what fresh does not know. */
async function writeEnv(
  writer: DraftWriter,
  read: FreshFile,
  values: FreshValues,
  place: { readonly service: readonly string[]; readonly file: ForeignFile; readonly root: string },
): Promise<void> {
  const uses = await importsAnywhere(place.root, /\/fresh\/runner\/runnerutils$/)
  const keys = new Set([...(uses ? Object.keys(freshDefaults) : []), ...read.entries.keys()])
  const env: Record<string, string> = {}
  for (const key of keys)
    if (uses || !Object.hasOwn(freshDefaults, key)) env[`RUNNER_${key.toUpperCase()}`] = values.text(key)
  if (uses) {
    Object.assign(env, { DEV_RUNNER: '1', RUNNER_WD: place.file.directory })
    const text =
      'The app imports runnerutils and gets its RUNNER_ variables. hotlane writes no build log: a failed build is shown in the browser.'
    writer.note(text, { file: place.file.shown })
  }
  if (Object.keys(env).length > 0) writer.set([...place.service, 'env'], env, { file: place.file.shown })
}

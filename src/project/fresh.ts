import path from 'node:path'
import type { Position } from '../support/errors.ts'
import { writeSettle } from './air-settings.ts'
import { projectName } from './project-name.ts'
import { type Draft, DraftWriter } from './draft.ts'
import type { ForeignFile } from './foreign.ts'
import { type FreshFile, parseFresh } from './fresh-file.ts'
import { anchoredTree, clean, escapeGlob, extensionGlobs } from './globs.ts'
import { importsAnywhere } from './go-imports.ts'
import { nearest } from '../support/nearest.ts'

const defaults: Readonly<Record<string, string>> = {
  config_path: './runner.conf',
  root: '.',
  tmp_path: './tmp',
  build_name: 'runner-build',
  build_log: 'runner-build-errors.log',
  valid_ext: '.go, .tpl, .tmpl, .html',
  no_rebuild_ext: '.tpl, .tmpl, .html',
  ignored: 'assets, tmp',
  build_delay: '600',
  colors: '1',
  log_color_main: 'cyan',
  log_color_build: 'yellow',
  log_color_runner: 'green',
  log_color_watcher: 'magenta',
  log_color_app: '',
}

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
  const values = fresh(read, file)
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
  writeFilters(writer, values, { service, relativeRoot, root, directory: file.directory })
  writeDelay(writer, values)
  await writeEnv(writer, read, values, { service, file, root })
  return writer.finish({ kind: 'fresh', file: file.shown }, { base: file.root, files: [] })
}

/** Settings with their defaults: the file beats `RUNNER_<KEY>` of the environment, which counts if it is not empty. */
interface FreshValues {
  readonly text: (key: string) => string
  readonly words: (key: string) => readonly string[]
  readonly has: (key: string) => boolean
  readonly position: (key: string) => Position
}

function fresh(read: FreshFile, file: ForeignFile): FreshValues {
  const text = (key: string): string =>
    read.entries.get(key)?.value ?? (file.env[`RUNNER_${key.toUpperCase()}`] || (defaults[key] ?? ''))
  return {
    text,
    words: (key) =>
      text(key)
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    has: (key) => read.entries.has(key),
    position: (key) => {
      const entry = read.entries.get(key)
      return { file: file.shown, ...(entry === undefined ? {} : { line: entry.line, column: entry.column }) }
    },
  }
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
    if (Object.hasOwn(defaults, key)) continue
    const near = nearest(key, Object.keys(defaults))
    const hint = near === undefined ? '' : `; the nearest known is "${near}"`
    writer.note(
      `"${key}" is not known to fresh${hint}. It is passed on to the app as RUNNER_${key.toUpperCase()}, as there.`,
      { file, line, column },
    )
  }
}

interface FilterPlace {
  readonly service: readonly string[]
  /** Of `root` to the working directory; empty for itself. */
  readonly relativeRoot: string
  readonly root: string
  readonly directory: string
}

function writeFilters(writer: DraftWriter, values: FreshValues, place: FilterPlace): void {
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
  const keys = new Set([...(uses ? Object.keys(defaults) : []), ...read.entries.keys()])
  const env: Record<string, string> = {}
  for (const key of keys)
    if (uses || !Object.hasOwn(defaults, key)) env[`RUNNER_${key.toUpperCase()}`] = values.text(key)
  if (uses) {
    Object.assign(env, { DEV_RUNNER: '1', RUNNER_WD: place.file.directory })
    const text =
      'The app imports runnerutils and gets its RUNNER_ variables. hotlane writes no build log: a failed build is shown in the browser.'
    writer.note(text, { file: place.file.shown })
  }
  if (Object.keys(env).length > 0) writer.set([...place.service, 'env'], env, { file: place.file.shown })
}

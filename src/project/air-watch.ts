import path from 'node:path'
import type { AirValues } from './air-values.ts'
import type { DraftWriter } from './draft.ts'
import { exists } from '../support/files.ts'
import type { ForeignFile } from './foreign.ts'
import { anchored, anchoredTree, clean, extensionGlobs, treeBut } from './globs.ts'
import { fromGoRegex } from './go-regex.ts'
import { describeValue, raise } from './problem.ts'

export interface AirWatchPlace {
  readonly file: ForeignFile
  /** Absolute `root`: the service's directory. */
  readonly root: string
  readonly tmpDir: string
  readonly service: readonly string[]
  /** Directories that rules look at, relative to root: watched even where `exclude_dir` names them. */
  readonly ruleDirectories: readonly string[]
  /** Globs of the rules, which air asks before it asks for extensions. */
  readonly ruleInputs: readonly string[]
}

/** Writes what air watches, filter by filter. @throws HotlaneError HL1004 for a regular expression that is none */
export async function writeAirWatch(writer: DraftWriter, air: AirValues, place: AirWatchPlace): Promise<void> {
  const at = [...place.service, 'watch']
  const set = (name: string, value: unknown, key: string): void =>
    writer.set([...at, name], value, air.has(key) ? air.position(key) : { file: place.file.shown })
  set('roots', await roots(writer, air, place), 'build.include_dir')
  const extensions = air.list('build.include_ext') ?? ['go', 'tpl', 'tmpl', 'html']
  const files = air.list('build.include_file') ?? []
  const include = [...extensionGlobs(extensions), ...files.map(anchored), ...place.ruleInputs]
  set('include', [...new Set(include)], 'build.include_ext')
  const nothing = include.length === 0
  if (nothing) {
    writer.note(
      'With an empty include_ext air rebuilds for no file at all; so does hotlane.',
      air.position('build.include_ext'),
    )
  }
  set('ignore', [...(nothing ? ['**'] : []), ...ignored(writer, air, place, files)], 'build.exclude_dir')
  set('ignorePatterns', patternsOf(writer, air, place), 'build.exclude_regex')
  set('gitignore', false, 'build.include_ext')
  if (air.flag('build.follow_symlink')) set('followLinks', true, 'build.follow_symlink')
}

async function roots(
  writer: DraftWriter,
  air: AirValues,
  place: AirWatchPlace,
): Promise<readonly string[] | undefined> {
  const key = air.has('build.include_dir') ? 'build.include_dir' : 'watch_dir'
  const listed = key === 'watch_dir' ? [air.text(key) ?? ''].filter(Boolean) : (air.list(key) ?? [])
  if (key === 'watch_dir' && listed.length > 0) {
    writer.note('watch_dir became include_dir in air 1.12; hotlane reads it as that.', air.position(key))
  }
  const inside: string[] = []
  const outside: string[] = []
  for (const name of listed.map((each) => each.trim()).filter((each) => each !== '')) {
    const absolute = path.resolve(place.root, name)
    const relative = path.relative(place.root, absolute)
    if (!relative.startsWith('..') && !path.isAbsolute(relative)) inside.push(relative === '' ? '.' : clean(relative))
    else if (await exists(absolute)) outside.push(relative.split(path.sep).join('/'))
    else
      writer.note(
        `The directory ${name} of include_dir does not exist and is passed over, as in air.`,
        air.position(key),
      )
  }
  if (inside.length > 0 && !inside.includes('.')) {
    writer.note('With include_dir the files in root itself are not watched, as in air.', air.position(key))
  }
  const all = [...(inside.length > 0 ? inside : ['.']), ...outside]
  return all.length === 1 && all[0] === '.' ? undefined : all
}

function ignored(
  writer: DraftWriter,
  air: AirValues,
  place: AirWatchPlace,
  includedFiles: readonly string[],
): readonly string[] {
  const usual = ['assets', place.tmpDir, 'vendor', 'testdata']
  const directories = (air.list('build.exclude_dir') ?? usual).map((each) => each.trim()).filter((each) => each !== '')
  for (const name of directories) {
    const position = air.position('build.exclude_dir')
    if (/[*?[]/.test(name))
      writer.note(`exclude_dir takes no globs in air: "${name}" is the directory of just that name.`, position)
    else if (/^\.\/|\\/.test(name)) {
      writer.note(
        `"${name}" of exclude_dir never matches in air; hotlane ignores the directory ${clean(name)}.`,
        position,
      )
    } else if (name === 'node_modules') {
      writer.note(
        'exclude_dir "node_modules" is the one in root only; "**/node_modules" in watch.ignore names deeper ones too.',
        position,
      )
    }
  }
  const trees = directories.map(clean).filter((name) => name !== '' && name !== '.')
  for (const file of includedFiles) {
    const tree = trees.find((name) => clean(file).startsWith(`${name}/`))
    if (tree === undefined) continue
    writer.note(
      `include_file "${file}" lies in ${tree}, which is excluded; air never sees it, and neither does hotlane.`,
      air.position('build.include_file'),
    )
  }
  return [
    '.*/',
    ...new Set([
      ...trees.flatMap((name) => treeBut(name, place.ruleDirectories)),
      anchoredTree(place.tmpDir),
      anchoredTree(air.text('testdata_dir') ?? 'testdata'),
      // air compares the whole path below root, and `*` stops at a slash, as in an anchored pattern.
      ...(air.list('build.exclude_file') ?? []).map((file) => `/${clean(file)}`),
    ]),
  ]
}

function patternsOf(writer: DraftWriter, air: AirValues, place: AirWatchPlace): readonly string[] {
  const listed = air.list('build.exclude_regex') ?? ['_test.go']
  const patterns = regexes(listed, 'build.exclude_regex', air)
  for (const [index, pattern] of patterns.entries()) {
    if (!new RegExp(pattern).test(`${place.root}/`)) continue
    const text = `The exclude_regex "${listed[index]}" matches the path of the project itself, so every file is excluded, as in air.`
    writer.note(text, air.has('build.exclude_regex') ? air.position('build.exclude_regex') : { file: place.file.shown })
  }
  return patterns
}

/** Go's regular expressions as this side's. @throws HotlaneError HL1004 */
export function regexes(listed: readonly string[], key: string, air: AirValues): readonly string[] {
  return listed.flatMap((text) => {
    const pattern = fromGoRegex(text)
    if (pattern !== undefined) return [pattern]
    raise([
      {
        code: 'HL1004',
        params: { key, expected: 'a list of regular expressions', actual: describeValue(text) },
        position: air.position(key),
      },
    ])
    return []
  })
}

import path from 'node:path'
import { projectName } from './project-name.ts'
import { type Draft, DraftWriter } from './draft.ts'
import { durationText } from './effective-values.ts'
import type { ForeignFile } from './foreign.ts'
import { clean } from './globs.ts'
import { parseGoDurationNs } from './go-duration.ts'
import { serviceName } from './program.ts'
import { describeValue, raise } from './problem.ts'
import { realizeTable, type RealizeTable, unknownRealizeKeys } from './realize-file.ts'
import { writeRealizeCommands } from './realize-commands.ts'
import { writeRealizeScripts } from './realize-scripts.ts'
import { writeRealizeWatch } from './realize-watch.ts'
import { parseYaml } from './yaml-file.ts'

/**
 * A `.realize.yaml` as a draft: a service for each entry of `schema`. What means something else here becomes a note.
 * @throws HotlaneError HL1002 (realize swallows such mistakes and overwrites the file), HL1004, both with position
 */
export async function importRealize(file: ForeignFile): Promise<Draft> {
  const yaml = parseYaml(file.text, file.shown)
  const writer = new DraftWriter()
  const top = realizeTable(yaml)
  const entries = top.tables('schema')
  if (entries.length === 0) {
    const params = {
      key: 'schema',
      expected: 'a list of at least one project',
      actual: top.has('schema') ? 'an empty list' : 'missing',
    }
    raise([{ code: 'HL1004', params, position: top.position('schema') }])
  }
  for (const { text, position } of unknownRealizeKeys(yaml)) writer.note(text, position)
  writeSettings(writer, top)
  const taken = new Set<string>()
  for (const entry of entries) {
    const at = clean(entry.text('path') ?? '.') || '.'
    const directory = path.resolve(file.directory, at)
    const wanted =
      entry.text('name') === undefined ? await projectName(directory) : serviceName(String(entry.text('name')))
    let name = wanted
    for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`
    taken.add(name)
    writeEntry(writer, entry, { service: ['services', name], path: at, directory, file })
  }
  return writer.finish({ kind: 'realize', file: file.shown }, { base: file.root, files: [] })
}

export interface RealizePlace {
  readonly service: readonly string[]
  /** Of the entry, relative to the working directory. */
  readonly path: string
  /** The same, absolute. */
  readonly directory: string
  readonly file: ForeignFile
}

function writeEntry(writer: DraftWriter, entry: RealizeTable, place: RealizePlace): void {
  const { service } = place
  writer.set([...service, 'path'], place.path, entry.position('path'))
  writeRealizeCommands(writer, entry, place)
  const env = entry.pairs('env')
  if (Object.keys(env).length > 0) {
    writer.set([...service, 'env'], env, entry.position('env'))
    writer.note('env is added to the environment of the app; realize gives it nothing else.', entry.position('env'))
  }
  const args = entry.texts('args')
  if (args.length > 0) writer.set([...service, 'args'], args, entry.position('args'))
  const split = args.filter((word) => /["']/.test(word) || (word.includes('=') && !/^--?[^=]+=[^=]*$/.test(word)))
  if (split.length > 0) {
    const words = split.map((word) => JSON.stringify(word)).join(', ')
    writer.note(`Each of args is one argument here; realize splits ${words} at quotes and "=".`, entry.position('args'))
  }
  writeRealizeWatch(writer, entry.table('watcher'), place)
  writeRealizeScripts(writer, entry.table('watcher').tables('scripts'), place)
}

function writeSettings(writer: DraftWriter, top: RealizeTable): void {
  const settings = top.table('settings')
  if (settings.has('flimit'))
    writer.note('flimit has no effect: hotlane does not change limits of the system.', settings.position('flimit'))
  const legacy = settings.table('legacy')
  if (!legacy.flag('force')) return
  writer.set(['watch', 'mode'], 'poll', legacy.position('force'))
  const written = legacy.duration('interval')
  const ns = typeof written === 'string' ? parseGoDurationNs(written) : (written ?? 0)
  if (ns === undefined) {
    const params = {
      key: 'settings.legacy.interval',
      expected: 'a duration such as "100ms"',
      actual: describeValue(written),
    }
    raise([{ code: 'HL1004', params, position: legacy.position('interval') }])
    return
  }
  const meant = typeof written === 'number' && ns > 0 && ns < 1e6
  if (meant) {
    writer.note(
      `realize reads interval: ${written} as nanoseconds; hotlane takes it as milliseconds.`,
      legacy.position('interval'),
    )
  }
  const ms = meant ? ns : Math.trunc(ns / 1e6)
  writer.set(
    ['watch', 'interval'],
    durationText(ms > 0 ? ms : 1000),
    legacy.position(legacy.has('interval') ? 'interval' : 'force'),
  )
}

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf, exists } from '../support/files.ts'
import { importAir } from './air.ts'
import { importAirJson } from './air-json.ts'
import { detectProject } from './detect.ts'
import type { Draft } from './draft.ts'
import { importFresh } from './fresh.ts'
import type { ForeignFile } from './foreign.ts'
import { readHotlaneFile } from './hotlane-file.ts'
import { importRealize } from './realize.ts'
import { type FileKind, findSource, type FoundSource, type SourceOptions } from './sources.ts'

export interface DraftOptions {
  /** `--config`: a file of any of the known forms, relative to the directory. */
  readonly configFile?: string
  /** `--service`: only these, by name. */
  readonly services?: readonly string[]
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
}

const importers = {
  air: importAir,
  'air-json': importAirJson,
  fresh: importFresh,
  realize: importRealize,
} as const satisfies Record<Exclude<FileKind, 'hotlane'>, (file: ForeignFile) => Promise<Draft> | Draft>

/** The settings of a directory as a draft, whatever form they are found in. */
export async function readDraft(
  root: string,
  options: DraftOptions & Pick<SourceOptions, 'foreignOnly'>,
): Promise<Draft> {
  if (!(await exists(root))) throw new HotlaneError('HL1005', { params: { file: root, option: 'the command line' } })
  const airDirectory = options.env['air_wd'] ? path.resolve(root, options.env['air_wd']) : undefined
  const source = await findSource(root, { ...options, ...(airDirectory === undefined ? {} : { airDirectory }) })
  const place = { root, platform: options.platform }
  if (source === undefined) return detectProject(place, options.services ?? [])
  const shown = shownPath(root, source.file)
  const text = await read(source, shown)
  if (source.kind === 'hotlane') {
    const file = { shown, directory: path.dirname(source.file) }
    return withPassedOver(root, source, await readHotlaneFile(text, file, place, options.services ?? []))
  }
  const isAir = source.kind === 'air' && airDirectory !== undefined
  const file: ForeignFile = {
    kind: source.kind,
    text,
    shown,
    file: source.file,
    directory: isAir ? airDirectory : root,
    root,
    platform: options.platform,
    env: options.env,
  }
  return withPassedOver(root, source, await importers[source.kind](file))
}

/** A path as a person in the project's directory would type it. */
export function shownPath(root: string, file: string): string {
  const relative = path.relative(root, file)
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative.split(path.sep).join('/')
}

async function read(source: FoundSource, shown: string): Promise<string> {
  try {
    const text = await readFile(source.file, 'utf8')
    // A byte order mark belongs to no form; fresh alone takes it as text, and its importer says so.
    return source.kind === 'fresh' ? text : text.replace(/^\uFEFF/, '')
  } catch (cause) {
    const reason = errnoOf(cause) ?? String(cause)
    throw new HotlaneError('HL1002', {
      params: { file: shown, format: 'a file', reason },
      position: { file: shown },
      cause,
    })
  }
}

function withPassedOver(root: string, source: FoundSource, draft: Draft): Draft {
  const files = [...draft.files, source.file]
  // hotlane.yaml is there to take the place of the others, so nobody needs to be told.
  if (source.kind === 'hotlane' || source.passedOver.length === 0) return { ...draft, files }
  const others = source.passedOver.map((file) => shownPath(root, file)).join(', ')
  const text = `${shownPath(root, source.file)} was read; ${others} was passed over.`
  return { ...draft, files, notes: [{ text }, ...draft.notes] }
}

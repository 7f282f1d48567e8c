import path from 'node:path'
import type { SettingsSource } from '../model/project.ts'
import { HotlaneError } from '../support/errors.ts'
import { exists } from '../support/files.ts'

export type FileKind = Exclude<SettingsSource['kind'], 'detected'>

/** The files that settings are looked for in, in order: the first that exists is read, and only that one. */
export const candidates: readonly { readonly name: string; readonly kind: FileKind }[] = [
  { name: 'hotlane.yaml', kind: 'hotlane' },
  { name: 'hotlane.yml', kind: 'hotlane' },
  { name: '.air.toml', kind: 'air' },
  { name: '.config/air.toml', kind: 'air' },
  { name: '.air.conf', kind: 'air' },
  { name: 'air.conf.json', kind: 'air-json' },
  { name: 'runner.conf', kind: 'fresh' },
  { name: '.realize.yaml', kind: 'realize' },
]

/** Where the settings are read from. */
export interface FoundSource {
  readonly kind: FileKind
  /** Absolute. */
  readonly file: string
  /** Candidates of lower rank that exist too. */
  readonly passedOver: readonly string[]
}

export interface SourceOptions {
  /** `--config`, relative to the directory. */
  readonly configFile?: string
  /** `$air_wd`: where air looks for its own files instead of the working directory. */
  readonly airDirectory?: string
  /** Pass over hotlane's own file, for `hotlane init`. */
  readonly foreignOnly?: boolean
}

/** The settings file of a directory; undefined where there is none. @throws HotlaneError HL1005 for a missing `--config` */
export async function findSource(directory: string, options: SourceOptions): Promise<FoundSource | undefined> {
  if (options.configFile !== undefined) {
    const file = path.resolve(directory, options.configFile)
    if (!(await exists(file))) {
      throw new HotlaneError('HL1005', { params: { file: options.configFile, option: '--config' } })
    }
    return { kind: kindOf(file), file, passedOver: [] }
  }
  const found: { readonly kind: FileKind; readonly file: string }[] = []
  for (const { name, kind } of candidates) {
    if (kind === 'hotlane' && options.foreignOnly === true) continue
    const home = kind === 'air' ? (options.airDirectory ?? directory) : directory
    if (await exists(path.join(home, name))) found.push({ kind, file: path.join(home, name) })
  }
  const [first, ...others] = found
  return first === undefined ? undefined : { ...first, passedOver: others.map((other) => other.file) }
}

function kindOf(file: string): FileKind {
  const name = path.basename(file)
  if (/\.toml$|^\.?air\.conf$/.test(name)) return 'air'
  if (name.endsWith('.json')) return 'air-json'
  if (name.endsWith('.conf')) return 'fresh'
  return /realize\.ya?ml$/.test(name) ? 'realize' : 'hotlane'
}

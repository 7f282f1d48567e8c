import type { AirFile } from './air-file.ts'
import type { AirValues } from './air-values.ts'
import { regexes } from './air-watch.ts'
import { anchored, anchoredTree, clean, escapeGlob, extensionGlobs } from './globs.ts'
import { raise } from './problem.ts'
import type { ServiceSettings } from './schema.ts'

export interface AirRules {
  readonly rules: NonNullable<ServiceSettings['rules']>
  readonly directories: readonly string[]
  readonly inputs: readonly string[]
}

/**
 * `[[build.rules]]`: the first match runs its command and swallows the change.
 * @throws HotlaneError HL1004 for a rule without a command or without anything to match
 */
export function airRules(file: AirFile, air: AirValues): AirRules {
  const rules = Array.from({ length: file.rules }, (_, index) => oneRule(`build.rules.${index}`, index, air))
  const directories = rules.flatMap((_, index) => air.list(`build.rules.${index}.include_dir`) ?? []).map(clean)
  return { rules, directories, inputs: rules.flatMap((rule) => rule.inputs) }
}

function oneRule(key: string, index: number, air: AirValues): NonNullable<ServiceSettings['rules']>[number] {
  const command = air.text(`${key}.cmd`) ?? missing(`${key}.cmd`, 'a shell line', air)
  const directories = (air.list(`${key}.include_dir`) ?? []).map(clean)
  const extensions = extensionGlobs(air.list(`${key}.include_ext`) ?? [])
  const files = (air.list(`${key}.include_file`) ?? []).map(clean)
  const inputs =
    directories.length === 0
      ? [...extensions, ...files.map(anchored)]
      : directories.flatMap((directory) => within(directory, extensions, files))
  if (inputs.length === 0) missing(key, 'given include_dir, include_ext or include_file', air)
  const ignorePatterns = regexes(air.list(`${key}.exclude_regex`) ?? [], `${key}.exclude_regex`, air)
  return {
    name: air.text(`${key}.name`) ?? `rule-${index}`,
    inputs: [...inputs],
    command,
    action: 'run',
    ...(ignorePatterns.length === 0 ? {} : { ignorePatterns: [...ignorePatterns] }),
  }
}

function within(directory: string, extensions: readonly string[], files: readonly string[]): readonly string[] {
  if (extensions.length === 0 && files.length === 0) return [anchoredTree(directory)]
  const root = directory === '.' ? '' : `/${escapeGlob(directory)}`
  const inside = files.filter((file) => directory === '.' || file.startsWith(`${directory}/`))
  return [...extensions.map((glob) => `${root}/${glob}`), ...inside.map(anchored)]
}

function missing(key: string, expected: string, air: AirValues): string {
  raise([{ code: 'HL1004', params: { key, expected, actual: 'missing' }, position: air.position(key) }])
  return ''
}

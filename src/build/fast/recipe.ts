import path from 'node:path'
import type { ScriptCommand, ToolScript } from './tool-script.ts'

/** How one package is compiled, in the words of the Go command. */
export interface Recipe {
  readonly importPath: string
  readonly env: Readonly<Record<string, string>>
  /** With `work` where the directory for this package's files belongs. */
  readonly argv: readonly string[]
  /** The name of that directory in `argv`, such as `$WORK/b012`. */
  readonly work: string
  /** Import configuration without the archives of the imports. */
  readonly importMap: readonly string[]
  /** Import paths of the packages whose export data the compiler reads. */
  readonly imports: readonly string[]
  /** Content of the file that names embedded files. */
  readonly embedding?: string
}

/** How the program is linked. */
export interface LinkRecipe {
  readonly env: Readonly<Record<string, string>>
  /** With `program`, `importcfg` and `archive` where the names of these files belong. */
  readonly argv: readonly string[]
  readonly names: { readonly program: string; readonly importcfg: string; readonly archive: string }
  readonly packages: readonly string[]
  /** The rest of the import configuration: the module information that the program carries. */
  readonly information: readonly string[]
}

/** What names the build in an archive or program; nothing else depends on it. */
const buildId = 'hotlane'

/**
 * The recipe of a compile command; undefined where it has a part that is not known, so that only the Go command can do it.
 * @param files absolute paths of all the package's Go files: nothing else may be compiled
 */
export function readRecipe(
  command: ScriptCommand,
  script: ToolScript,
  expected: { readonly importPath: string; readonly files: readonly string[] },
): Recipe | undefined {
  const output = valueOf(command.argv, '-o')
  if (output === undefined || path.posix.basename(output) !== '_pkg_.a') return undefined
  const work = path.posix.dirname(output)
  const config = readImportConfig(script.files.get(valueOf(command.argv, '-importcfg') ?? '') ?? '')
  const embedcfg = valueOf(command.argv, '-embedcfg')
  const embedding = embedcfg === undefined ? undefined : script.files.get(embedcfg)
  const last = command.argv.indexOf('-pack')
  const files = command.argv.slice(last + 1)
  const own = new Set([output, `${work}/importcfg`, `${work}/embedcfg`])
  const foreign = command.argv.some((word) => {
    return word.includes('$WORK') && !own.has(word) && word.replaceAll(`${work}=>`, '').includes('$WORK')
  })
  const isWhole =
    command.argv.includes('-complete') && !command.argv.some((word) => /^-(?:pgoprofile|coveragecfg)/.test(word))
  if (config === undefined || last < 0 || foreign || !isWhole) return undefined
  if (files.toSorted().join('\0') !== expected.files.toSorted().join('\0')) return undefined
  if (embedcfg !== undefined && embedding === undefined) return undefined
  return {
    importPath: expected.importPath,
    env: command.env,
    argv: command.argv.map((word, index) => (command.argv[index - 1] === '-buildid' ? buildId : word)),
    work,
    importMap: config.rest,
    imports: config.packages,
    ...(embedding === undefined ? {} : { embedding }),
  }
}

/** The recipe of the link command; undefined where it has a part that is not known. */
export function readLinkRecipe(command: ScriptCommand, script: ToolScript): LinkRecipe | undefined {
  const program = valueOf(command.argv, '-o')
  const importcfg = valueOf(command.argv, '-importcfg')
  const archive = command.argv.at(-1)
  if (program === undefined || importcfg === undefined || archive === undefined) return undefined
  const config = readImportConfig(script.files.get(importcfg) ?? '')
  const foreign = command.argv.some((word) => word.includes('$WORK') && ![program, importcfg, archive].includes(word))
  if (config === undefined || foreign || config.packages.length === 0) return undefined
  return {
    env: command.env,
    argv: command.argv,
    names: { program, importcfg, archive },
    packages: config.packages,
    information: config.rest,
  }
}

/** Undefined where there is a line that is not known. */
function readImportConfig(
  text: string,
): { readonly packages: readonly string[]; readonly rest: readonly string[] } | undefined {
  const packages: string[] = []
  const rest: string[] = []
  for (const line of text.split('\n')) {
    const found = /^packagefile ([^=]+)=/.exec(line)?.[1]
    if (found !== undefined) packages.push(found)
    else if (/^(?:importmap|modinfo) /.test(line)) rest.push(line)
    else if (line !== '' && !line.startsWith('#')) return undefined
  }
  return { packages, rest }
}

function valueOf(argv: readonly string[], name: string): string | undefined {
  const place = argv.indexOf(name)
  return place < 0 ? undefined : argv[place + 1]
}

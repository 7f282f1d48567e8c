import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { GoSite } from '../go-command.ts'
import { importConfig } from './compile.ts'
import type { Plan } from './plan.ts'
import { runGoTools, type ToolRun } from './tool.ts'

export interface LinkOptions {
  readonly archives: ReadonlyMap<string, string>
  readonly program: string
  /** To be run before the linker. */
  readonly before?: ToolRun | undefined
  /** Whether the archives may have left the system's file cache. */
  readonly cold: boolean
}

/**
 * The linker's garbage collector finds next to nothing to free, since what it reads it needs to the end: without, linking a
 * Gin program took 5 % less processor time (25 pairs). The limit is for programs of a size that nobody has.
 */
const collectRarely = { GOGC: 'off', GOMEMLIMIT: '2GiB' }

/** A run of the linker, and the build ID that it writes. */
export interface LinkerRun extends ToolRun {
  readonly id: string
}

/**
 * Links the program and returns its build ID.
 * @throws FallBack where a tool fails
 */
export async function linkProgram(plan: Plan, options: LinkOptions, site: GoSite): Promise<string> {
  const linker = await prepareLinker(plan, options, site)
  const ahead = options.cold ? plan.link.packages.flatMap((each) => options.archives.get(each) ?? []) : []
  const tools = options.before === undefined ? [linker] : [options.before, linker]
  await runGoTools(tools, { scratch: path.join(path.dirname(options.program), 'link'), ahead }, site)
  return linker.id
}

/**
 * Writes what the linker reads besides packages, beside the program. The build ID has four parts as the Go command's, of
 * which none is ever the Go command's own, so that it never takes this program for one that it built; the last, where the
 * content's hash belongs, is still the first.
 */
export async function prepareLinker(
  plan: Plan,
  { archives, program }: Pick<LinkOptions, 'archives' | 'program'>,
  site: GoSite,
): Promise<LinkerRun> {
  const { argv, env, names, packages, information } = plan.link
  const config = path.join(path.dirname(program), 'importcfg.link')
  await writeFile(config, importConfig(packages, information, archives))
  const part = (): string => randomBytes(15).toString('base64url')
  const first = part()
  const id = [first, part(), part(), first].join('/')
  const places = new Map([
    [names.program, program],
    [names.importcfg, config],
    [names.archive, archives.get(plan.main) ?? ''],
  ])
  const words = argv.map((word) => (word.startsWith('-buildid=') ? `-buildid=${id}` : (places.get(word) ?? word)))
  return { argv: words, env: { ...collectorOf(site), ...env }, about: 'linking', id }
}

/** Nothing where the user has chosen. */
function collectorOf({ env }: GoSite): Readonly<Record<string, string>> {
  return env['GOGC'] === undefined && env['GOMEMLIMIT'] === undefined ? collectRarely : {}
}

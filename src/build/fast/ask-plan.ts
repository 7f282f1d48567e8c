import path from 'node:path'
import { askGo, type GoSettings, type GoSite } from '../go-command.ts'
import { localDirectory, localModules } from '../go-local.ts'
import { packageFields, parsePackages } from '../go-packages.ts'
import { findOnPath } from './find-on-path.ts'
import { type ListedPackage, makePlan, otherFiles, type Plan } from './plan.ts'
import { readSources, type SourcePackage, type SourceScope, type SourceState } from './sources.ts'
import { readToolScript } from './tool-script.ts'

/** What is built, in the words of the Go command. */
export interface PlanTarget {
  readonly package: string
  /** Flags that `go build` and `go list` take alike. */
  readonly flags: readonly string[]
  readonly settings: GoSettings
}

/** A plan, the sources that it was made for, and what to look at to know whether it still holds. */
export interface PlannedSources {
  readonly plan: Plan
  readonly scope: SourceScope
  readonly sources: SourceState
}

const fields = [
  ...packageFields,
  'Export',
  'Imports',
  'ImportMap',
  'GoFiles',
  'EmbedFiles',
  'Incomplete',
  ...otherFiles,
]

/**
 * Asks the Go command for the plan. After a build of the same sources it takes what two `go build` with nothing to do take.
 * @param known of an earlier plan, so that files that are still the same need not be read
 * @returns the plan, or in words why there is none
 */
export async function askPlan(
  target: PlanTarget,
  site: GoSite,
  known: SourceState | undefined,
): Promise<PlannedSources | string> {
  const first = await askGo(
    ['list', '-deps', '-export', `-json=${fields.join(',')}`, ...target.flags, target.package],
    site,
  )
  if (first.exit.code !== 0) return 'go list cannot list the packages'
  const packages = parsePackages(first.text) as readonly ListedPackage[]
  if (packages.some((each) => each.Incomplete === true)) return 'a package is incomplete'
  const scope = await scopeOf(packages, target, site)
  const sources = await readSources(scope, known, site.signal)
  const odd = scope.packages.find((each) => !hasListedFiles(each, packages, sources))
  if (odd !== undefined)
    return `the files of package ${odd.importPath} are chosen by rules that the fast path does not know`
  // -a: every command, not only those for what is not in the cache. Nothing is run.
  const script = await askGo(['build', '-n', '-a', ...target.flags, '-o', 'program', target.package], site, 'both')
  if (script.exit.code !== 0) return 'go build -n cannot tell the commands'
  // What was compiled is of a time after the first word of the list, and before the last: so nothing may change meanwhile.
  const second = await askGo(
    ['list', '-deps', '-export', `-json=${fields.join(',')}`, ...target.flags, target.package],
    site,
  )
  const plan = makePlan(packages, await readToolScript(script.text, site.directory))
  if (typeof plan === 'string') return plan
  if (second.text !== first.text) return 'the sources changed while the plan was made'
  return { plan, scope, sources }
}

async function scopeOf(
  packages: readonly ListedPackage[],
  { settings }: PlanTarget,
  site: GoSite,
): Promise<SourceScope> {
  const modules = localModules(packages)
  const homes = modules.flatMap(({ Dir }) => (Dir === undefined ? [] : [Dir]))
  const local = packages.flatMap((each): readonly SourcePackage[] => {
    const directory = each.Standard === true ? undefined : localDirectory(each, modules)
    if (directory === undefined) return []
    return [{ importPath: each.ImportPath, directory, embedPatterns: each.EmbedPatterns ?? [] }]
  })
  const workspace =
    settings.GOWORK === '' || settings.GOWORK === 'off' ? [] : [settings.GOWORK, `${settings.GOWORK}.sum`]
  const above = settings.GOWORK === 'off' ? [] : ancestors(site.directory).map((each) => path.join(each, 'go.work'))
  const go = await findOnPath('go', site.env)
  return {
    packages: local,
    settings: [
      ...new Set([
        ...modules.flatMap(({ GoMod }) => (GoMod === undefined ? [] : [GoMod])),
        ...homes.flatMap((home) => ['go.mod', 'go.sum', 'vendor/modules.txt'].map((name) => path.join(home, name))),
        ...workspace,
        ...above,
        path.join(settings.GOROOT, 'VERSION'),
        ...(settings.GOENV === '' || settings.GOENV === 'off' ? [] : [settings.GOENV]),
        ...(go === undefined ? [] : [go]),
      ]),
    ],
  }
}

/** Whether the files that were found are those that the Go command compiles and embeds, or ignores by a constraint. */
function hasListedFiles(each: SourcePackage, packages: readonly ListedPackage[], sources: SourceState): boolean {
  const listed = packages.find(({ ImportPath }) => ImportPath === each.importPath)
  const found = sources.packages.get(each.importPath)
  const wanted = [...(listed?.GoFiles ?? []), ...(listed?.EmbedFiles ?? [])]
  const embedded = new Set(listed?.EmbedFiles)
  const extra = [...(found?.keys() ?? [])].some((name) => name.includes('/') && !embedded.has(name))
  return found !== undefined && !extra && wanted.every((name) => (found.get(name)?.hash ?? '') !== '')
}

function ancestors(directory: string): readonly string[] {
  const above = path.dirname(directory)
  return above === directory ? [directory] : [directory, ...ancestors(above)]
}

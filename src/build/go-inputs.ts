import path from 'node:path'
import type { BuildInputs } from './builder.ts'
import { embedPattern } from './embed-pattern.ts'
import { localDirectory, localModules } from './go-local.ts'
import type { GoModule, GoPackage } from './go-packages.ts'
import { isGoInput } from './go-sources.ts'

export interface GoInputsOptions {
  /** The service's directory, absolute. */
  readonly service: string
  /** Where `go build` runs, absolute. */
  readonly directory: string
  /** The workspace file, or undefined where none is in use. */
  readonly workspace: string | undefined
}

interface LocalPackage {
  readonly importPath: string
  readonly directory: string
  readonly isMain: boolean
  readonly patterns: readonly { readonly text: string; readonly matches: (name: string) => boolean }[]
}

const moduleFiles = new Set(['go.mod', 'go.sum'])

/** What a Go build depends on: sources, embedded files and module files of the packages that are not downloaded. */
export function goInputs(packages: readonly GoPackage[], options: GoInputsOptions): BuildInputs {
  const modules = localModules(packages)
  const byDirectory = new Map(localPackages(packages, modules).map((each) => [each.directory, each]))
  const moduleDirectories = new Set(modules.flatMap((module) => (module.Dir === undefined ? [] : [module.Dir])))
  return {
    roots: outermost([...moduleDirectories]).filter((directory) => !isInside(directory, options.service)),
    affects: (file) =>
      moduleFileReason(file, moduleDirectories, options) ??
      sourceReason(file, byDirectory) ??
      embedReason(file, byDirectory),
  }
}

function localPackages(packages: readonly GoPackage[], modules: readonly GoModule[]): readonly LocalPackage[] {
  return packages.flatMap((each) => {
    const directory = each.Standard === true ? undefined : localDirectory(each, modules)
    if (directory === undefined) return []
    const patterns = (each.EmbedPatterns ?? []).map((text) => ({ text, matches: embedPattern(text) }))
    return [{ importPath: each.ImportPath, directory, isMain: each.Name === 'main', patterns }]
  })
}

function moduleFileReason(
  file: string,
  directories: ReadonlySet<string>,
  options: GoInputsOptions,
): string | undefined {
  const name = path.basename(file)
  const directory = path.dirname(file)
  if (moduleFiles.has(name) && directories.has(directory)) return `${name} of the module`
  if (name === 'modules.txt' && path.basename(directory) === 'vendor') {
    return directories.has(path.dirname(directory)) ? 'list of vendored modules' : undefined
  }
  if (name !== 'go.work' && name !== 'go.work.sum') return undefined
  const inUse = options.workspace === undefined ? undefined : path.dirname(options.workspace)
  // One that appears nearer than the one in use takes its place.
  return directory === inUse || isInside(options.directory, directory) ? `${name} of the workspace` : undefined
}

function sourceReason(file: string, packages: ReadonlyMap<string, LocalPackage>): string | undefined {
  const found = packages.get(path.dirname(file))
  if (found === undefined) return undefined
  const name = path.basename(file)
  if (name === 'default.pgo' && found.isMain) return `profile of ${found.importPath}`
  return isGoInput(name) ? `in package ${found.importPath}` : undefined
}

function embedReason(file: string, packages: ReadonlyMap<string, LocalPackage>): string | undefined {
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    const found = packages.get(directory)
    const name = path.relative(directory, file).split(path.sep).join('/')
    const pattern = found?.patterns.find((each) => each.matches(name))
    if (found !== undefined && pattern !== undefined)
      return `embedded by ${pattern.text} in package ${found.importPath}`
    if (directory === path.dirname(directory)) return undefined
  }
}

function outermost(directories: readonly string[]): readonly string[] {
  return directories.filter((each) => !directories.some((other) => other !== each && isInside(each, other)))
}

function isInside(file: string, directory: string): boolean {
  const relative = path.relative(directory, file)
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)
}

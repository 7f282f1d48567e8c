import path from 'node:path'
import type { GoPackage } from '../go-packages.ts'
import { type LinkRecipe, readLinkRecipe, readRecipe, type Recipe } from './recipe.ts'
import type { ScriptCommand, ToolScript } from './tool-script.ts'

/** How a program is built, as the Go command told it for one state of the sources. */
export interface Plan {
  /** Import path of the program's package. */
  readonly main: string
  /** Import paths, each behind all that it imports. */
  readonly order: readonly string[]
  /** Of the packages that can be compiled without the Go command. */
  readonly recipes: ReadonlyMap<string, Recipe>
  /** Who imports a package. */
  readonly importers: ReadonlyMap<string, readonly string[]>
  /** Where the compiled packages are, in Go's build cache. */
  readonly archives: ReadonlyMap<string, string>
  readonly link: LinkRecipe
}

/** A package as `go list -export` tells it. */
export interface ListedPackage extends GoPackage {
  readonly Export?: string
  readonly GoFiles?: readonly string[]
  readonly EmbedFiles?: readonly string[]
  readonly Incomplete?: boolean
}

/** Fields of `go list -json` with names of files that are no Go files, or that cgo or swig have to see. */
export const otherFiles = [
  'CgoFiles',
  'CFiles',
  'CXXFiles',
  'MFiles',
  'FFiles',
  'SFiles',
  'SwigFiles',
  'SwigCXXFiles',
  'SysoFiles',
] as const

/** @returns the plan, or in words why there is none */
export function makePlan(packages: readonly ListedPackage[], script: ToolScript): Plan | string {
  const main = packages.at(-1)
  if (main?.Name !== 'main') return 'the package is no program'
  const linking = script.commands.filter(({ argv }) => toolOf(argv) === 'link')
  const link = linking[0] === undefined || linking.length > 1 ? undefined : readLinkRecipe(linking[0], script)
  if (link === undefined) return 'the link command is of an unknown form'
  const archives = new Map(packages.flatMap((each) => (each.Export ? [[each.ImportPath, each.Export] as const] : [])))
  const missing = link.packages.find((each) => !archives.has(each))
  if (missing !== undefined) return `the compiled package ${missing} is not in Go's cache`
  const recipes = readRecipes(packages, script, main.ImportPath)
  return {
    main: main.ImportPath,
    order: packages.map(({ ImportPath }) => ImportPath),
    recipes,
    importers: importersOf(packages, recipes),
    archives,
    link,
  }
}

function readRecipes(
  packages: readonly ListedPackage[],
  script: ToolScript,
  main: string,
): ReadonlyMap<string, Recipe> {
  const commands = script.commands.filter(({ argv }) => toolOf(argv) === 'compile')
  const byPath = new Map<string, ScriptCommand[]>()
  for (const command of commands) {
    const name = command.argv[command.argv.indexOf('-p') + 1] ?? ''
    byPath.set(name, [...(byPath.get(name) ?? []), command])
  }
  const recipes = new Map<string, Recipe>()
  for (const each of packages) {
    const { ImportPath: importPath, Dir: directory, GoFiles: names = [] } = each
    const [command, ...more] = byPath.get(importPath === main ? 'main' : importPath) ?? []
    const other = each as unknown as Readonly<Record<string, readonly string[] | undefined>>
    if (command === undefined || more.length > 0 || directory === undefined) continue
    if (otherFiles.some((field) => (other[field] ?? []).length > 0)) continue
    const recipe = readRecipe(command, script, { importPath, files: names.map((name) => path.join(directory, name)) })
    if (recipe !== undefined) recipes.set(importPath, recipe)
  }
  return recipes
}

/** By the import configurations; where one is not known, by what the package imports, after vendoring. */
function importersOf(
  packages: readonly ListedPackage[],
  recipes: ReadonlyMap<string, Recipe>,
): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>()
  for (const { ImportPath: importPath, Imports = [], ImportMap = {} } of packages) {
    const imports = recipes.get(importPath)?.imports ?? Imports.map((each) => ImportMap[each] ?? each)
    for (const each of imports) importers.set(each, [...(importers.get(each) ?? []), importPath])
  }
  return importers
}

function toolOf([program = '']: readonly string[]): string {
  return path.basename(program).replace(/\.exe$/, '')
}

import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { GoSite } from '../go-command.ts'
import { readExportData } from './archive.ts'
import { createBatches } from './batches.ts'
import { FallBack } from './fall-back.ts'
import type { Plan } from './plan.ts'
import type { Recipe } from './recipe.ts'
import { runGoTools, type ToolRun } from './tool.ts'

export interface CompileOptions {
  readonly plan: Plan
  /** The newest compiled form of every package, by import path. */
  readonly archives: ReadonlyMap<string, string>
  /** Import paths of packages with changed files. */
  readonly changed: readonly string[]
  /** An empty directory for what is compiled. */
  readonly home: string
  /** Compiler threads. */
  readonly threads: number
}

/**
 * A single tool gets two threads even where the bound is one (`boundThreads`). Small packages, of which there are many at
 * once, make better use of them as two compilers of one thread each.
 */
const leastCompilers = 2

/** What was compiled, and what is left to be: the linker can follow that compiler without asking anybody. */
export interface CompiledPackages {
  /** The new archives, with that of `last`. */
  readonly archives: ReadonlyMap<string, string>
  /** Compiles the program's own package, which nothing imports, if that is affected. */
  readonly last?: ToolRun
}

/** A package to compile, and the directory for its files. */
interface Job {
  readonly recipe: Recipe
  readonly work: string
}

/**
 * Compiles the changed packages, and of those that import them the ones that can see a difference: an importer reads nothing
 * but export data, so where that is the same the importer would be the same too.
 * @throws FallBack where a package needs more than the compiler, or does not compile
 */
export async function compilePackages(options: CompileOptions, site: GoSite): Promise<CompiledPackages> {
  const { plan, changed, threads } = options
  const built = new Map(options.archives)
  const fresh = new Map<string, string>()
  const affected = importersOf(changed, plan)
  const own: Readonly<Record<string, string>> = affected.size > 1 ? { GOMAXPROCS: '1' } : {}
  const failed = new AbortController()
  const inTurn = createBatches<Job>(Math.max(leastCompilers, threads), async (jobs) => {
    failed.signal.throwIfAborted()
    const tools = await Promise.all(jobs.map((job) => prepare(job, built)))
    const script = path.join(jobs[0]?.work ?? options.home, 'script')
    await runGoTools(tools, { scratch: script }, { ...site, env: { ...site.env, ...own }, signal: failed.signal })
  })
  const stop = (): void => failed.abort(site.signal.reason)
  site.signal.addEventListener('abort', stop)
  let last: ToolRun | undefined
  /** Resolves with whether importers see a difference. */
  const visible = new Map<string, Promise<boolean>>()

  const look = async (importPath: string, imports: readonly Promise<boolean>[]): Promise<boolean> => {
    const differences = await Promise.all(imports)
    if (!changed.includes(importPath) && !differences.includes(true)) return false
    const recipe = plan.recipes.get(importPath)
    if (recipe === undefined) throw new FallBack(`package ${importPath} needs more than the compiler`)
    const work = path.join(options.home, String(fresh.size + 1))
    const old = built.get(importPath)
    fresh.set(importPath, path.join(work, '_pkg_.a'))
    if (importPath === plan.main) {
      last = await prepare({ recipe, work }, built)
      return false
    }
    await inTurn({ recipe, work })
    built.set(importPath, path.join(work, '_pkg_.a'))
    return old === undefined || !(await hasSameExports(old, path.join(work, '_pkg_.a')))
  }

  for (const importPath of plan.order) {
    if (!affected.has(importPath)) continue
    const imports = plan.recipes.get(importPath)?.imports ?? [...affected]
    const known = imports.flatMap((each) => visible.get(each) ?? [])
    visible.set(
      importPath,
      look(importPath, known).catch((error: unknown) => {
        failed.abort(error)
        throw error
      }),
    )
  }
  await Promise.allSettled(visible.values())
  site.signal.removeEventListener('abort', stop)
  site.signal.throwIfAborted()
  failed.signal.throwIfAborted()
  return { archives: fresh, ...(last === undefined ? {} : { last }) }
}

/** The packages and all that import them, directly or not. */
function importersOf(changed: readonly string[], plan: Plan): ReadonlySet<string> {
  const found = new Set(changed)
  for (const importPath of found) for (const importer of plan.importers.get(importPath) ?? []) found.add(importer)
  return found
}

/** Writes what the compiler reads besides sources and imports. */
async function prepare({ recipe, work }: Job, archives: ReadonlyMap<string, string>): Promise<ToolRun> {
  await mkdir(work, { recursive: true })
  await writeFile(path.join(work, 'importcfg'), importConfig(recipe.imports, recipe.importMap, archives))
  if (recipe.embedding !== undefined) await writeFile(path.join(work, 'embedcfg'), recipe.embedding)
  const argv = recipe.argv.map((word) => word.replaceAll(recipe.work, work))
  return { argv, env: recipe.env, about: `compiling ${recipe.importPath}` }
}

/** Import configuration of compiler and linker (`go tool compile -importcfg`). */
export function importConfig(
  packages: readonly string[],
  rest: readonly string[],
  archives: ReadonlyMap<string, string>,
): string {
  const lines = packages.map((each) => {
    const archive = archives.get(each)
    if (archive === undefined) throw new FallBack(`there is no compiled package ${each}`)
    return `packagefile ${each}=${archive}`
  })
  return `${[...rest.filter((line) => line.startsWith('importmap')), ...lines, ...rest.filter((line) => !line.startsWith('importmap'))].join('\n')}\n`
}

async function hasSameExports(old: string, made: string): Promise<boolean> {
  const [before, after] = await Promise.all([readExportData(old), readExportData(made)])
  return before !== undefined && after !== undefined && before.equals(after)
}

import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import ignore from 'ignore'
import { exists } from '../support/files.ts'
import { goTags } from './build-constraint.ts'
import { detectGo } from './detect-go.ts'
import { detectNode } from './detect-node.ts'
import { readGoWork } from './go-module.ts'
import { baseName, type Program, serviceName, withUniqueNames } from './program.ts'

const maxDepth = 3
const never = /^(node_modules|vendor|testdata|third_party)$|^[._]/

/** Where a tree was looked at: the directory that hotlane was started for, and the platform. */
export interface DetectPlace {
  readonly root: string
  readonly platform: NodeJS.Platform
}

/** All programs of the project in one directory, without looking at projects below it. */
export async function detectHere(directory: string, place: DetectPlace): Promise<readonly Program[]> {
  const go = await detectGo(directory, goTags(place.platform))
  // A package.json beside a go.mod is nearly always the toolbox of the front end.
  return go.length > 0 ? go : detectNode(directory, place.root, place.platform)
}

/**
 * The programs of a tree: those of its root, else of the directories that go.work uses, else of projects up to three
 * levels below. Directories that `.gitignore` names are not looked into, nor what lies below a project.
 */
export async function detectTree(place: DetectPlace): Promise<readonly Program[]> {
  const here = await detectHere(place.root, place)
  const used = (await readGoWork(place.root)) ?? []
  if (used.length === 0 && here.some((program) => program.listens)) return withUniqueNames(here)
  const found = await below(place.root, place, {
    depth: 0,
    rules: [],
    used: used.filter((each) => each !== place.root),
  })
  return withUniqueNames([...here, ...found])
}

interface Level {
  readonly depth: number
  readonly rules: readonly { readonly directory: string; readonly matcher: ReturnType<typeof ignore> }[]
  /** Directories that belong to the tree whatever stands between. */
  readonly used: readonly string[]
}

async function below(directory: string, place: DetectPlace, level: Level): Promise<readonly Program[]> {
  const rules = await rulesOf(directory, level.rules)
  const found: Program[] = []
  for (const next of new Set([...level.used, ...(await children(directory, rules))])) {
    const own = (await isProject(next)) ? await detectHere(next, place) : []
    if (own.length > 0) found.push(...named(own, next))
    else if (level.depth + 1 < maxDepth) {
      found.push(...(await below(next, place, { depth: level.depth + 1, rules, used: [] })))
    }
  }
  const once = new Map(found.map((program) => [`${program.directory}\n${program.name}`, program]))
  return [...once.values()]
}

/** In a tree of projects a directory says more than a module path. */
function named(programs: readonly Program[], directory: string): readonly Program[] {
  return programs.length === 1
    ? programs.map((program) => ({ ...program, name: serviceName(baseName(path.basename(directory))) }))
    : programs
}

async function isProject(directory: string): Promise<boolean> {
  return (await exists(path.join(directory, 'go.mod'))) || exists(path.join(directory, 'package.json'))
}

async function children(directory: string, rules: Level['rules']): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && !never.test(entry.name))
    .map((entry) => path.join(directory, entry.name))
    .filter((next) => !rules.some((rule) => ignores(rule, next)))
    .sort()
}

async function rulesOf(directory: string, above: Level['rules']): Promise<Level['rules']> {
  const text = await readFile(path.join(directory, '.gitignore'), 'utf8').catch(() => undefined)
  return text === undefined ? above : [...above, { directory, matcher: ignore().add(text) }]
}

/** A go.work may use directories outside of its own, of which the rules inside say nothing. */
function ignores(rule: Level['rules'][number], directory: string): boolean {
  const relative = path.relative(rule.directory, directory).split(path.sep).join('/')
  return !relative.startsWith('..') && !path.isAbsolute(relative) && rule.matcher.ignores(`${relative}/`)
}

import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { exists } from '../support/files.ts'
import { isBuilt } from './build-constraint.ts'
import { type GoSource, opensListener, readGoSource } from './go-source.ts'

/** Enough to recognise any program that a person would start by hand, and little enough to be read at once. */
const maxPackages = 200

export interface GoModule {
  readonly directory: string
  /** The path of its `module` line. */
  readonly path: string
}

export async function readGoModule(directory: string): Promise<GoModule | undefined> {
  const text = await readFile(path.join(directory, 'go.mod'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const name = /^\s*module\s+"?([^\s"]+)"?/m.exec(text.replace(/\/\/.*$/gm, ''))?.[1]
  return { directory, path: name ?? path.basename(directory) }
}

/** The module that a directory belongs to, looked for upwards as the go command does. */
export async function moduleOf(directory: string): Promise<GoModule | undefined> {
  for (let at = directory; ; at = path.dirname(at)) {
    if (await exists(path.join(at, 'go.mod'))) return readGoModule(at)
    if (at === path.dirname(at)) return undefined
  }
}

/** Directories of the `use` lines of a go.work, absolute; undefined where there is no such file. */
export async function readGoWork(directory: string): Promise<readonly string[] | undefined> {
  const text = await readFile(path.join(directory, 'go.work'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const bare = text.replace(/\/\/.*$/gm, '')
  const uses = [...bare.matchAll(/^\s*use\s*(?:\(([^)]*)\)|(\S+))/gm)].flatMap(([, block, single]) =>
    (block ?? single ?? '').split(/\s+/).filter((word) => word !== ''),
  )
  return uses.map((use) => path.resolve(directory, use.replace(/^"(.*)"$/, '$1')))
}

/** The Go files of one directory that take part in a build, tests left out. */
export async function readPackage(directory: string, tags: ReadonlySet<string>): Promise<readonly GoSource[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const names = entries
    .filter((entry) => !entry.isDirectory() && /^[^_.].*\.go$/.test(entry.name) && !entry.name.endsWith('_test.go'))
    .map((entry) => entry.name)
  const texts = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(path.join(directory, name), 'utf8').catch(() => '') })),
  )
  return texts.filter(({ name, text }) => isBuilt(name, text, tags)).map(({ text }) => readGoSource(text))
}

/** Whether the program in a directory listens: it and the packages of its own module that it imports are looked through. */
export async function programListens(directory: string, module: GoModule, tags: ReadonlySet<string>): Promise<boolean> {
  const seen = new Set([directory])
  const sources: GoSource[] = []
  for (const at of seen) {
    const files = await readPackage(at, tags)
    sources.push(...files)
    for (const name of files.flatMap((file) => file.imports)) {
      if (seen.size >= maxPackages) break
      if (name.startsWith(`${module.path}/`)) {
        seen.add(path.join(module.directory, name.slice(module.path.length + 1)))
      }
    }
  }
  return opensListener(sources)
}

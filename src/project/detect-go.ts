import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { type GoModule, moduleOf, programListens, readPackage } from './go-module.ts'
import { baseName, type Program, serviceName } from './program.ts'

/**
 * The programs of the Go module in a directory: `package main` at its root and in `cmd/*`, or where there is none, in
 * directories up to two levels below. A directory inside a module is taken as the program that it holds.
 */
export async function detectGo(directory: string, tags: ReadonlySet<string>): Promise<readonly Program[]> {
  const module = await moduleOf(directory)
  if (module === undefined) return []
  const usual = await programsIn([directory, ...(await below(path.join(directory, 'cmd'), 1))], directory, module, tags)
  if (usual.length > 0 || module.directory !== directory) return usual
  return programsIn(await below(directory, 2), directory, module, tags)
}

async function programsIn(
  directories: readonly string[],
  root: string,
  module: GoModule,
  tags: ReadonlySet<string>,
): Promise<readonly Program[]> {
  const found: Program[] = []
  for (const directory of directories) {
    const files = await readPackage(directory, tags)
    if (!files.some((file) => file.package === 'main')) continue
    const relative = path.relative(root, directory).split(path.sep).join('/')
    const own = root === module.directory ? baseName(module.path) : serviceName(path.basename(root))
    found.push({
      name: relative === '' ? own : serviceName(path.basename(directory)),
      directory: root,
      listens: await programListens(directory, module, tags),
      settings: { build: { go: relative === '' ? '.' : `./${relative}` } },
    })
  }
  return found
}

async function below(directory: string, depth: number): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  if (depth < 1) return []
  const names = entries
    .filter((entry) => entry.isDirectory() && !/^[._]|^(vendor|testdata|node_modules)$/.test(entry.name))
    .map((entry) => path.join(directory, entry.name))
    .sort()
  const deeper = await Promise.all(names.map((name) => below(name, depth - 1)))
  return [...names, ...deeper.flat()].sort()
}

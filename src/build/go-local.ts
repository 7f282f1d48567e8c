import path from 'node:path'
import type { GoModule, GoPackage } from './go-packages.ts'

/** Main modules (several in a workspace) and those that `replace` puts into a directory. */
export function localModules(packages: readonly GoPackage[]): readonly GoModule[] {
  const modules = new Map<string, GoModule>()
  for (const { Module: module } of packages) {
    if (module?.Main === true || (module?.Replace !== undefined && module.Replace.Version === undefined)) {
      modules.set(module.Path, module)
    }
  }
  return [...modules.values()]
}

/**
 * Where a local package is, or would be: an import that is not found yet is mended by a first file in its directory.
 * Undefined for downloaded packages. Vendored ones have a module without a directory; without modules all are local.
 */
export function localDirectory(each: GoPackage, modules: readonly GoModule[]): string | undefined {
  const { Dir: directory } = each
  if (directory === undefined || directory === '') {
    const home = modules.find((module) => each.ImportPath.startsWith(`${module.Path}/`))
    return home?.Dir === undefined ? undefined : path.join(home.Dir, each.ImportPath.slice(home.Path.length + 1))
  }
  const { Module: module } = each
  const isLocal = module?.Dir === undefined || modules.some(({ Path }) => Path === module.Path)
  return isLocal ? directory : undefined
}

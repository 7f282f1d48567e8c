import { embedPattern } from '../embed-pattern.ts'
import type { FileMark } from './file-mark.ts'
import type { SourcePackage, SourceScope, SourceState } from './sources.ts'

/** What a change of files asks of a build whose plan is known. */
export type SourceChange =
  /** The plan holds no longer; `why` is for people. */
  | { readonly kind: 'structure'; readonly why: string }
  | {
      readonly kind: 'content'
      /** Import paths of the packages with a file of other content. */
      readonly packages: readonly string[]
      /** Nothing but comments and formatting is different. */
      readonly cosmetic: boolean
    }

/** Compares two states of the sources that a plan was made for. */
export function compareSources(scope: SourceScope, before: SourceState, after: SourceState): SourceChange {
  for (const [file, mark] of after.settings) {
    if (before.settings.get(file)?.hash !== mark.hash) return { kind: 'structure', why: `${file} changed` }
  }
  const packages: string[] = []
  let cosmetic = true
  for (const each of scope.packages) {
    const change = comparePackage(each, before, after)
    if (change === 'same') continue
    if (change !== 'cosmetic' && change !== 'content') return { kind: 'structure', why: change.why }
    packages.push(each.importPath)
    cosmetic &&= change === 'cosmetic'
  }
  return { kind: 'content', packages, cosmetic }
}

type PackageChange = 'same' | 'cosmetic' | 'content' | { readonly why: string }

function comparePackage(each: SourcePackage, before: SourceState, after: SourceState): PackageChange {
  const { importPath } = each
  const old = before.packages.get(importPath) ?? new Map<string, FileMark>()
  const now = after.packages.get(importPath) ?? new Map<string, FileMark>()
  if (now === old) return 'same'
  const removed = [...old.keys()].find((name) => !now.has(name))
  if (removed !== undefined) return { why: `${removed} was removed from package ${importPath}` }
  let change: PackageChange = 'same'
  for (const [name, mark] of now) {
    const known = old.get(name)
    if (known === undefined) return { why: `${name} was added to package ${importPath}` }
    if (known.hash === mark.hash) continue
    const found = compareFile(name, known, mark, each)
    if (typeof found === 'object') return found
    if (change !== 'content') change = found
  }
  return change
}

function compareFile(name: string, old: FileMark, now: FileMark, { importPath, embedPatterns }: SourcePackage) {
  const isEmbedded = embedPatterns.some((pattern) => embedPattern(pattern)(name))
  if (old.shape === undefined || now.shape === undefined) {
    const isOnlyEmbedded =
      isEmbedded && !/\.(?:go|c|cc|cpp|cxx|m|h|hh|hpp|hxx|f|for|f90|s|sx|swig|swigcxx|syso)$/i.test(name)
    return isOnlyEmbedded
      ? ('content' as const)
      : { why: `${name} of package ${importPath} changed, which is no Go source` }
  }
  if (old.shape.structure !== now.shape.structure) {
    return { why: `package clause, imports, constraints or directives of ${name} of package ${importPath} changed` }
  }
  return old.shape.tokens === now.shape.tokens && !isEmbedded ? ('cosmetic' as const) : ('content' as const)
}

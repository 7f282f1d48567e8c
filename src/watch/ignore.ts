import path from 'node:path'
import { HotlaneError } from '../support/errors.ts'
import type { WatchRules } from '../model/service.ts'
import { editorFile } from './editor-files.ts'
import { look } from './file-state.ts'
import { readGitignore, repositoryOf } from './gitignore.ts'
import { RuleSet } from './rule-set.ts'

export interface Ignore {
  /** True for what is not watched, and for everything below such a directory. */
  ignored(path: string, isDirectory: boolean): boolean
  /** The same with the reason in words: `.gitignore:3 "dist/"`, `always ignored: .git`, `not ignored`. A path that does not exist counts as a file. */
  why(path: string): { readonly ignored: boolean; readonly reason: string }
  /** Forgets the rules that were read if this is a file that holds some, and says whether it is. */
  reread(path: string): boolean
}

/** Names that are never watched, files or directories. */
export const alwaysIgnored: readonly string[] = [
  '.git',
  '.hg',
  '.svn',
  '.hotlane',
  'node_modules',
  '.idea',
  '.vscode',
  '.DS_Store',
]

interface Inherited {
  /** Why the directory itself is ignored. */
  readonly reason: string | undefined
  /** The user's own rules, which outrank every `.gitignore`. */
  readonly own: RuleSet | undefined
  /** Of the `.gitignore` files from here up, the nearest first. */
  readonly git: readonly RuleSet[]
}

/**
 * The ignore rules of a service: what nobody wants to watch; `rules.ignore`, gitignore(5) patterns relative to the service's
 * directory (to the root, for a root elsewhere), of which a negative one brings back what a `.gitignore` excludes;
 * `rules.ignorePatterns`; and, if `rules.gitignore`, every `.gitignore` from the repository's top down, read when first
 * needed. `always` adds absolute paths, or names at any depth. The roots themselves are never ignored.
 * @throws HotlaneError HL1004 for a pattern that is no regular expression
 */
export function createIgnore(rules: WatchRules & { readonly directory: string }, always: readonly string[]): Ignore {
  const alwaysNames = new Set([...alwaysIgnored, ...always])
  const patterns = rules.ignorePatterns.map(compilePattern)
  const bases = [rules.directory, ...rules.roots]
  const tops = new Set(rules.gitignore ? bases.map(repositoryOf) : bases)
  const inherited = new Map<string, Inherited>()

  const isWithinTop = (directory: string): boolean => [...tops].some((top) => isWithin(top, directory))
  const ownRulesAt = (directory: string): RuleSet | undefined => {
    const isBase =
      directory === rules.directory || (rules.roots.includes(directory) && !isWithin(rules.directory, directory))
    if (!isBase || rules.ignore.length === 0) return undefined
    return new RuleSet(
      directory,
      rules.ignore.map((pattern) => ({ pattern, origin: 'watch.ignore' })),
    )
  }

  const load = (directory: string): Inherited => {
    const parent = path.dirname(directory)
    let above = parent !== directory && isWithinTop(parent) ? rulesIn(parent) : nothing
    const reason = above.reason ?? (isWithinTop(parent) ? reasonFor(above, directory, true) : undefined)
    if (reason !== undefined) {
      if (!bases.includes(directory)) return { ...nothing, reason }
      // Whoever names a root wants it watched, even inside of what a rule further up excludes.
      above = nothing
    }
    const git = above.git.map((set) => (set.verdict(directory, true) === undefined ? set : set.lifted(directory)))
    const lines =
      rules.gitignore && isWithinTop(directory) ? readGitignore(directory, originOf(rules.directory, directory)) : []
    return {
      reason: undefined,
      own: ownRulesAt(directory) ?? above.own,
      git: lines.length === 0 ? git : [new RuleSet(directory, lines), ...git],
    }
  }

  const rulesIn = (directory: string): Inherited => {
    let known = inherited.get(directory)
    if (known === undefined) inherited.set(directory, (known = load(directory)))
    return known
  }

  const reasonFor = (above: Inherited, entry: string, isDirectory: boolean): string | undefined => {
    const name = path.basename(entry)
    if (alwaysNames.has(name)) return `always ignored: ${name}`
    if (alwaysNames.has(entry)) return `always ignored: ${entry}`
    if (!isDirectory) {
      const editor = editorFile(name)
      if (editor !== undefined) return `always ignored: ${editor}`
      const pattern = patterns.find((candidate) => candidate.test(entry))
      if (pattern !== undefined) return `ignore pattern ${pattern.source}`
    }
    for (const set of above.own === undefined ? above.git : [above.own, ...above.git]) {
      const verdict = set.verdict(entry, isDirectory)
      if (verdict === 'kept') return undefined
      if (verdict !== undefined) return verdict.ignored
    }
    return undefined
  }

  const reasonOf = (entry: string, isDirectory: boolean): string | undefined => {
    if (bases.includes(entry)) return undefined
    const above = rulesIn(path.dirname(entry))
    return above.reason ?? reasonFor(above, entry, isDirectory)
  }

  return {
    ignored: (entry, isDirectory) => reasonOf(entry, isDirectory) !== undefined,
    why(entry) {
      const stats = look(entry, true)
      const reason = reasonOf(entry, typeof stats === 'object' && stats.isDirectory())
      return { ignored: reason !== undefined, reason: reason ?? 'not ignored' }
    },
    reread(file) {
      if (!rules.gitignore || path.basename(file) !== '.gitignore') return false
      inherited.clear()
      return true
    },
  }
}

const nothing: Inherited = { reason: undefined, own: undefined, git: [] }

function compilePattern(pattern: string): RegExp {
  try {
    return new RegExp(pattern)
  } catch (cause) {
    const params = { key: 'watch.ignorePatterns', expected: 'a regular expression', actual: pattern }
    throw new HotlaneError('HL1004', { params, cause })
  }
}

function originOf(base: string, directory: string): string {
  return path.join(path.relative(base, directory), '.gitignore')
}

function isWithin(top: string, directory: string): boolean {
  return directory === top || directory.startsWith(top.endsWith(path.sep) ? top : top + path.sep)
}

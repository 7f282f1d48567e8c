import path from 'node:path'
import type { WatchRules } from '../model/service.ts'
import { matchesGlobs } from './globs.ts'

/**
 * True where a file may cause anything by `rules.include`: gitignore-style globs relative to the service's directory (to the
 * root, for a root elsewhere), of which one must match. An empty list lets every file through.
 */
export function matchesInclude(rules: WatchRules & { readonly directory: string }, file: string): boolean {
  if (rules.include.length === 0) return true
  const base = [rules.directory, ...rules.roots].find((candidate) => isBelow(candidate, file)) ?? path.dirname(file)
  return matchesGlobs(rules.include, base, file)
}

function isBelow(base: string, file: string): boolean {
  return file.startsWith(base.endsWith(path.sep) ? base : base + path.sep)
}

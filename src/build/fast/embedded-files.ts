import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { errnoOf } from '../../support/files.ts'
import { embedPattern } from '../embed-pattern.ts'

/**
 * The files that patterns of `//go:embed` take in, relative to the package's directory with forward slashes, sorted. Rules
 * that depend on more than names (modules inside, links) are left out: whoever needs exactness compares with what
 * `go list` tells.
 */
export async function embeddedFiles(directory: string, patterns: readonly string[]): Promise<readonly string[]> {
  if (patterns.length === 0) return []
  const matchers = patterns.map((pattern) => embedPattern(pattern))
  const roots = patterns.map((pattern) => literalRoot(pattern.replace(/^all:/, '')))
  const found = new Set<string>()
  for (const root of new Set(roots)) {
    for (const name of await listFiles(directory, root)) {
      if (matchers.some((matches) => matches(name))) found.add(name)
    }
  }
  return [...found].sort()
}

/** The part of a pattern before its first segment with a wildcard. */
function literalRoot(pattern: string): string {
  const segments = pattern.split('/')
  const wild = segments.findIndex((segment) => /[*?[\\]/.test(segment))
  return (wild < 0 ? segments : segments.slice(0, wild)).join('/') || '.'
}

/** Files at or below a name; version control's own folders are never embedded. */
async function listFiles(directory: string, name: string): Promise<readonly string[]> {
  let entries: readonly Dirent[]
  try {
    entries = await readdir(path.join(directory, name), { withFileTypes: true })
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOTDIR') return [name]
    if (code === 'ENOENT') return []
    throw error
  }
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const inside = name === '.' ? entry.name : `${name}/${entry.name}`
      if (!entry.isDirectory()) return [inside]
      return ['.git', '.hg', '.svn', '.bzr'].includes(entry.name) ? [] : listFiles(directory, inside)
    }),
  )
  return nested.flat()
}

import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { RuleLine } from './rule-set.ts'

/** The rules of the `.gitignore` in a directory; empty where there is none that can be read. */
export function readGitignore(directory: string, origin: string): RuleLine[] {
  let text: string
  try {
    text = readFileSync(path.join(directory, '.gitignore'), 'utf8')
  } catch {
    return []
  }
  return parseGitignore(text, origin)
}

/** The patterns of a gitignore file with their line numbers, counted from 1. */
export function parseGitignore(text: string, origin: string): RuleLine[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  return lines
    .map((pattern, index) => ({ pattern, origin: `${origin}:${index + 1}` }))
    .filter(({ pattern }) => pattern.trim() !== '' && !pattern.startsWith('#'))
}

/** The directory of the repository that a directory is in, or the directory itself. */
export function repositoryOf(directory: string): string {
  for (let candidate = directory; ; candidate = path.dirname(candidate)) {
    if (existsSync(path.join(candidate, '.git'))) return candidate
    if (candidate === path.dirname(candidate)) return directory
  }
}

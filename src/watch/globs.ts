import path from 'node:path'
import createMatcher, { type Ignore as Matcher } from 'ignore'

const matchers = new WeakMap<readonly string[], Matcher>()

/** Whether a file is named by gitignore(5) patterns that are relative to a directory. A file elsewhere is not. */
export function matchesGlobs(globs: readonly string[], directory: string, file: string): boolean {
  if (globs.length === 0) return false
  const relative = path.relative(directory, file).split(path.sep).join('/')
  if (relative === '' || relative.startsWith('../') || path.isAbsolute(relative)) return false
  let matcher = matchers.get(globs)
  if (matcher === undefined) {
    matcher = createMatcher().add([...globs])
    matchers.set(globs, matcher)
  }
  return matcher.ignores(relative)
}

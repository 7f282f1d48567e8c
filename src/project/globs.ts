import path from 'node:path'

/** A glob for files with one of these extensions, given without dots; `*` is any file. */
export function extensionGlobs(extensions: readonly string[]): readonly string[] {
  const names = extensions.map((extension) => extension.trim().replace(/^\./, '')).filter((name) => name !== '')
  if (names.includes('*')) return ['**']
  return names.map((name) => `**/*.${escapeGlob(name)}`)
}

/** A path without the meaning that its characters have in a gitignore pattern. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]!#]/g, '\\$&')
}

/** The pattern of exactly this path below the service's directory. */
export function anchored(relative: string): string {
  return `/${escapeGlob(clean(relative))}`
}

/** The pattern of everything in exactly this directory. */
export function anchoredTree(relative: string): string {
  return `${anchored(relative)}/**`
}

/** A relative path without `./`, doubled and final slashes. */
export function clean(relative: string): string {
  return path.posix.normalize(relative.trim().replaceAll('\\', '/')).replace(/^\/+|\/+$/g, '')
}

/**
 * Patterns that ignore a directory but for directories below it: gitignore cannot take back what lies below something
 * ignored, so every step of the way is opened and its neighbours are closed.
 */
export function treeBut(directory: string, kept: readonly string[]): readonly string[] {
  const inside = kept.map(clean).filter((each) => each === clean(directory) || each.startsWith(`${clean(directory)}/`))
  if (inside.includes(clean(directory))) return []
  if (inside.length === 0) return [anchoredTree(directory)]
  const patterns = new Set<string>()
  for (const each of inside) {
    let at = clean(directory)
    for (const part of each.slice(at.length + 1).split('/')) {
      patterns.add(`${anchored(at)}/*`)
      at = `${at}/${part}`
      patterns.add(`!${anchored(at)}`)
    }
  }
  return [...patterns].sort((a, b) => a.replace('!', '').split('/').length - b.replace('!', '').split('/').length)
}

import path from 'node:path'

/** Whether a path is one of the directories, or below one. */
export function isBelowAny(directories: readonly string[], file: string): boolean {
  return directories.some((directory) => {
    const relative = path.relative(directory, file)
    return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)
  })
}

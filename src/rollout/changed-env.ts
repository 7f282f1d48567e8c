import path from 'node:path'

/**
 * What changed, for the command of a rule: `HOTLANE_CHANGED`, a file on each line, and `HOTLANE_CHANGED_DIRS`, their
 * directories in one line of words such as `./auth ./words`, as `go test` and other tools take them. All relative to the
 * directory in which the command runs, with forward slashes.
 */
export function changedEnv(files: readonly string[], directory: string): Readonly<Record<string, string>> {
  const relative = (file: string): string => path.relative(directory, file).split(path.sep).join('/')
  const directories = new Set(files.map((file) => relative(path.dirname(file))))
  return {
    HOTLANE_CHANGED: files.map(relative).join('\n'),
    HOTLANE_CHANGED_DIRS: Array.from(directories, (each) => (each.startsWith('..') ? each : `./${each}`)).join(' '),
  }
}

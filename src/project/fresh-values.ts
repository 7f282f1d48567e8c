import type { Position } from '../support/errors.ts'
import type { ForeignFile } from './foreign.ts'
import type { FreshFile } from './fresh-file.ts'

/** All keys that fresh knows, with their defaults. */
export const freshDefaults: Readonly<Record<string, string>> = {
  config_path: './runner.conf',
  root: '.',
  tmp_path: './tmp',
  build_name: 'runner-build',
  build_log: 'runner-build-errors.log',
  valid_ext: '.go, .tpl, .tmpl, .html',
  no_rebuild_ext: '.tpl, .tmpl, .html',
  ignored: 'assets, tmp',
  build_delay: '600',
  colors: '1',
  log_color_main: 'cyan',
  log_color_build: 'yellow',
  log_color_runner: 'green',
  log_color_watcher: 'magenta',
  log_color_app: '',
}

/** Settings with their defaults: the file beats `RUNNER_<KEY>` of the environment, which counts if it is not empty. */
export interface FreshValues {
  readonly text: (key: string) => string
  readonly words: (key: string) => readonly string[]
  readonly has: (key: string) => boolean
  readonly position: (key: string) => Position
}

export function freshValues(read: FreshFile, file: ForeignFile): FreshValues {
  const text = (key: string): string =>
    read.entries.get(key)?.value ?? (file.env[`RUNNER_${key.toUpperCase()}`] || (freshDefaults[key] ?? ''))
  return {
    text,
    words: (key) =>
      text(key)
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    has: (key) => read.entries.has(key),
    position: (key) => {
      const entry = read.entries.get(key)
      return { file: file.shown, ...(entry === undefined ? {} : { line: entry.line, column: entry.column }) }
    },
  }
}

import { platform } from 'node:process'

import type { Command } from '../model/service.ts'

/**
 * A command as program and arguments. A line goes to the shell as it is; `args` follow it as `"$@"`, which no shell parses
 * a second time. On Windows, whose shell has no such thing, they are appended in double quotes.
 */
export function argvOf(command: Command, args: readonly string[] = []): readonly [string, ...string[]] {
  if (command.kind === 'argv') return [...command.argv, ...args]
  if (platform === 'win32') {
    return ['cmd.exe', '/d', '/s', '/c', [command.line, ...args.map((arg) => `"${arg}"`)].join(' ')]
  }
  if (args.length === 0) return ['/bin/sh', '-c', command.line]
  return ['/bin/sh', '-c', `${command.line.trimEnd()} "$@"`, 'sh', ...args]
}

import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { platform } from 'node:process'
import type { ToolRun } from './tool.ts'

/**
 * A command that runs the tools in their order and ends at the first that fails. Undefined on Windows, which has no shell
 * for it: there, tools are to be started one by one.
 * @param script a file to be written; arguments of a command are limited in length, a script is not
 * @param ahead files to be read meanwhile, so that a tool that needs them finds them in memory
 */
export async function shellCommand(
  tools: readonly ToolRun[],
  script: string,
  ahead: readonly string[] = [],
): Promise<readonly string[] | undefined> {
  if (platform === 'win32') return undefined
  const isWorth = ahead.length > 0 && availableParallelism() > 1
  await writeFile(script, isWorth ? readAhead(ahead) + shellScript(tools) : shellScript(tools))
  return ['/bin/sh', script]
}

/** The same as text (POSIX shell). */
export function shellScript(tools: readonly ToolRun[]): string {
  const lines = tools.map(({ argv, env }) => {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`)
    return [...variables, ...argv.map(quote)].join(' ')
  })
  return `set -e\n${lines.join('\n')}\n`
}

/** More arguments than this could be longer than a command may be. */
const filesPerCommand = 500

function readAhead(files: readonly string[]): string {
  const commands: string[] = []
  for (let at = 0; at < files.length; at += filesPerCommand) {
    commands.push(
      `cat ${files
        .slice(at, at + filesPerCommand)
        .map(quote)
        .join(' ')}`,
    )
  }
  return `{ ${commands.join('; ')}; } >/dev/null 2>&1 &\n`
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

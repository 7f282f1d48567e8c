import { writeFile } from 'node:fs/promises'
import { platform } from 'node:process'
import type { ToolRun } from './tool.ts'

/**
 * A command that runs the tools in their order and ends at the first that fails. Undefined on Windows, which has no shell
 * for it: there, tools are to be started one by one.
 * @param script a file to be written; arguments of a command are limited in length, a script is not
 */
export async function shellCommand(tools: readonly ToolRun[], script: string): Promise<readonly string[] | undefined> {
  if (platform === 'win32') return undefined
  await writeFile(script, shellScript(tools))
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

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

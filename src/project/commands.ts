import path from 'node:path'
import type { Command } from '../model/service.ts'
import type { StepSettings } from './schema.ts'
import { hasShellSyntax, splitWords } from './words.ts'

/** A step as a command that runs in `directory`, which its own `cwd` is relative to. */
export function toCommand(step: StepSettings, directory: string): Command {
  if (typeof step === 'string') return { kind: 'shell', line: step, directory }
  if (isWords(step)) return argvCommand(step, directory)
  return toCommand(step.command, step.cwd === undefined ? directory : path.resolve(directory, step.cwd))
}

export function toCommands(steps: string | readonly StepSettings[] | undefined, directory: string): readonly Command[] {
  const list: readonly StepSettings[] = typeof steps === 'string' ? [steps] : (steps ?? [])
  return list.map((step) => toCommand(step, directory))
}

/** A line that starts a service: without a shell in between where it means the same. */
export function runCommand(run: string | readonly string[], directory: string, platform: NodeJS.Platform): Command {
  if (typeof run !== 'string') return argvCommand(run, directory)
  const rules = { backslash: platform !== 'win32' }
  const words = splitWords(run, rules)
  if (words === undefined || words.length === 0 || hasShellSyntax(run, rules)) return toCommand(run, directory)
  return argvCommand(words, directory)
}

/**
 * The command with every word that names `output` (relative to the command's directory) made equal to it, so that the
 * artifact can take its place.
 */
export function nameOutput(command: Command, output: string): Command {
  const directory = command.directory ?? path.dirname(output)
  const same = (word: string): boolean => /[/\\]/.test(word) && path.resolve(directory, word) === output
  if (command.kind === 'argv') {
    const [program, ...rest] = command.argv.map((word) => (same(word) ? output : word))
    return { ...command, argv: [String(program), ...rest] }
  }
  // In a line only a bare word can be replaced, and only by a path that needs no quotes.
  if (!/^[\w@%+:,./-]+$/.test(output)) return command
  return { ...command, line: command.line.replace(/[^\s'"|&;<>()$`]+/g, (word) => (same(word) ? output : word)) }
}

function argvCommand(words: readonly string[], directory: string): Command {
  const [program, ...rest] = words
  return { kind: 'argv', argv: [String(program), ...rest], directory }
}

function isWords(step: StepSettings): step is Extract<StepSettings, readonly string[]> {
  return Array.isArray(step)
}

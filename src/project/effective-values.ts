import path from 'node:path'
import type { Command } from '../model/service.ts'
import type { StepSettings } from './schema.ts'

/** A duration in the largest unit that keeps it exact: `30s`, `500ms`. */
export function durationText(ms: number): string {
  return ms % 1000 === 0 && ms !== 0 ? `${ms / 1000}s` : `${ms}ms`
}

/** A command as it would be written for this directory. */
export function ofCommand(command: Command, directory: string): StepSettings {
  const line = command.kind === 'shell' ? command.line : [...command.argv]
  if (command.directory === undefined || command.directory === directory) return line
  return { command: line, cwd: relative(directory, command.directory) }
}

/** A path as it would be written in a file there. */
export function relative(from: string, to: string): string {
  return path.relative(from, to).split(path.sep).join('/') || '.'
}

import type { Command } from './service.ts'

/** A command as people are told it; its arguments are not quoted. */
export function commandText(command: Command): string {
  return command.kind === 'shell' ? command.line : command.argv.join(' ')
}

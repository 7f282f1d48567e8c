import type { Command } from './command.ts'
import type { Waiting } from './view.ts'

/** What is waited for while a command goes on; undefined for one that is done at once. */
export function waitingOf(command: Command): Waiting | undefined {
  if (command.kind === 'verify') return { what: 'the compatibility stage' }
  if (command.kind === 'judge') return { what: 'a look at the figures' }
  if (command.kind === 'command') return { what: 'a command of the plan' }
  if (command.kind !== 'wait') return undefined
  return command.until === undefined
    ? { what: command.what, person: true }
    : { what: command.what, until: command.until }
}

import { randomUUID } from 'node:crypto'
import { commandText } from '../../model/command-text.ts'
import { describeExit } from '../../model/instance.ts'
import type { Command } from '../../model/service.ts'
import { runCommand } from '../../supervise/command.ts'
import { HotlaneError, reportError } from '../../support/errors.ts'
import type { Workshop } from './workbench.ts'

/** Runs the project's commands at start or exit, one after the other. A failure is told and ends nothing. */
export async function runHooks(commands: readonly Command[], when: 'start' | 'exit', shop: Workshop): Promise<void> {
  for (const command of commands) {
    if (shop.now.aborted) return
    const lines: string[] = []
    try {
      const exit = await runCommand(
        command,
        {
          directory: command.directory ?? shop.project().root,
          env: shop.real,
          output: (line) => lines.push(line),
          processes: shop.state.processes,
          id: `hook-${randomUUID()}`,
          kind: 'command',
          service: when,
        },
        shop.now,
      )
      if (exit.code === 0) continue
      const params = { command: commandText(command), when, how: describeExit(exit) }
      throw new HotlaneError('HL6002', { params, output: lines.join('\n') })
    } catch (error) {
      shop.emit({ type: 'hook.failed', hook: commandText(command), error: reportError(error) })
    }
  }
}

import type { Check } from '../model/plan.ts'
import { parseDurationMs } from '../support/duration.ts'
import { toCommand } from './commands.ts'
import type { CheckSettings } from './schema-checks.ts'
import { uniquelyNamed } from './unique-name.ts'

const timeoutMs = 10_000

/** Checks with names of their own; commands run in `directory`. */
export function resolveChecks(settings: readonly CheckSettings[] | undefined, directory: string): readonly Check[] {
  const checks: Check[] = []
  for (const item of settings ?? []) checks.push(uniquelyNamed(resolveCheck(item, directory), checks))
  return checks
}

function resolveCheck(item: CheckSettings, directory: string): Check {
  const { name, http, expect, contains, command, cwd, prometheus = '', query = '', min, max } = item
  const limits = { timeoutMs: item.timeout === undefined ? timeoutMs : (parseDurationMs(item.timeout) ?? timeoutMs) }
  if (http !== undefined) {
    return {
      kind: 'http',
      name: name ?? `GET ${http}`,
      path: http,
      expectStatus: expect === undefined ? [] : typeof expect === 'number' ? [expect] : expect,
      ...(contains === undefined ? {} : { expectText: contains }),
      ...limits,
    }
  }
  if (command !== undefined) {
    const line = typeof command === 'string' ? command : command.join(' ')
    const step = cwd === undefined ? command : { command, cwd }
    return { kind: 'command', name: name ?? line, command: toCommand(step, directory), ...limits }
  }
  return {
    kind: 'prometheus',
    name: name ?? query,
    url: prometheus,
    query,
    ...(min === undefined ? {} : { least: min }),
    ...(max === undefined ? {} : { most: max }),
    ...limits,
  }
}

import path from 'node:path'
import type { Rule, Service } from '../model/service.ts'
import { matchesGlobs } from '../watch/globs.ts'
import type { Ignore } from '../watch/ignore.ts'
import { matchesInclude } from '../watch/include.ts'

/** Why a file is outside what a service watches, for people; undefined if it is watched. */
export function unwatchedWhy(service: Service, ignore: Ignore, file: string): string | undefined {
  const inside = service.watch.roots.some((root) => file === root || file.startsWith(root + path.sep))
  if (!inside) return 'outside the directories of this service'
  const { ignored, reason } = ignore.why(file)
  if (ignored) return reason
  // A rule's inputs are watched whatever the include list says.
  const { include } = service.watch
  if (include.length === 0 || matchesInclude({ ...service.watch, directory: service.directory }, file)) return undefined
  if (service.rules.some((rule) => takesInput(service, rule, file))) return undefined
  return 'not named by watch.include'
}

/** Whether a rule takes a file as input, by what is declared. */
export function takesInput(service: Service, rule: Rule, file: string): boolean {
  if (!matchesGlobs(rule.inputs, service.directory, file) || matchesGlobs(rule.outputs, service.directory, file)) {
    return false
  }
  return !rule.ignorePatterns.some((pattern) => new RegExp(pattern).test(file))
}

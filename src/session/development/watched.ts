import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { Rule, Service } from '../../model/service.ts'
import { isBelowAny } from '../../support/below.ts'
import { matchesGlobs } from '../../watch/globs.ts'
import { type Ignore, createIgnore } from '../../watch/ignore.ts'
import { matchesInclude } from '../../watch/include.ts'

/** The ignore rules of a service. What its build writes is never an input. */
export function ignoreOf(service: Service): Ignore {
  const output = service.build.kind === 'command' ? service.build.output : undefined
  return createIgnore({ ...service.watch, directory: service.directory }, output === undefined ? [] : [output])
}

/** The same for a directory outside of the service's own that its build was seen to depend on. */
export function ignoreOutside(service: Service, root: string): Ignore {
  return createIgnore({ ...service.watch, directory: root, roots: [root], ignore: [] }, [])
}

export interface WatchedPlace {
  readonly service: Service
  readonly ignore: Ignore
  /** Directories outside of the service's own that its build was seen to depend on. */
  readonly outside: readonly string[]
}

/** Why a file is outside what a service watches, for people; undefined if it is watched. */
export function unwatchedWhy({ service, ignore, outside }: WatchedPlace, file: string): string | undefined {
  if (!isBelowAny(service.watch.roots, file)) {
    return isBelowAny(outside, file) ? undefined : 'outside the directories of this service'
  }
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

/** The nearest directory above a file, within the service's, that holds Go files; undefined where none does. */
export function goDirectoryOf(service: Service, file: string): string | undefined {
  for (let at = path.dirname(file); isBelowAny([service.directory], at); at = path.dirname(at)) {
    if (namesIn(at).some((name) => name.endsWith('.go'))) return at
  }
  return undefined
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

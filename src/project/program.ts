import path from 'node:path'
import type { ServiceSettings } from './schema.ts'

/** A program that was found in a tree and could be a service. */
export interface Program {
  readonly name: string
  /** Absolute directory of the project that it belongs to (Go module, Node package): the service's directory. */
  readonly directory: string
  /** Whether its source is seen to open a listener. */
  readonly listens: boolean
  /** Its service, without `path`. */
  readonly settings: ServiceSettings
  /** Something to be said if it is chosen. */
  readonly note?: string
}

/** A service name from any text: letters, digits, `-` and `_`, as `hotlane.yaml` wants it. */
export function serviceName(text: string): string {
  const name = text.replace(/[^\w-]+/g, '-').replace(/^[-_]+|-+$/g, '')
  return name === '' ? 'app' : name
}

/** The last part of a module path or package name that names something: `v2` and scopes do not. */
export function baseName(modulePath: string): string {
  const parts = modulePath.split('/').filter((part) => part !== '')
  const named = parts.filter((part, index) => index === 0 || !/^v\d+$/.test(part))
  return serviceName(named.at(-1) ?? modulePath)
}

/** The same programs under names of which no two are equal: a doubled one gets its parent directory's name in front. */
export function withUniqueNames(programs: readonly Program[]): readonly Program[] {
  const taken = new Set<string>()
  return programs.map((program) => {
    const doubled = programs.filter((other) => other.name === program.name).length > 1
    const stem = doubled ? serviceName(`${path.basename(program.directory)}-${program.name}`) : program.name
    const base = stem === `${program.name}-${program.name}` ? program.name : stem
    let name = base
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`
    taken.add(name)
    return name === program.name ? program : { ...program, name }
  })
}

import type { Build } from '../model/service.ts'
import type { PlanTarget } from './fast/ask-plan.ts'
import type { GoSettings } from './go-command.ts'
import { goFlags, namesCompilerFlags } from './go-flags.ts'

/** How a service of Go is to be built. */
export type GoBuild = Extract<Build, { readonly kind: 'go' }>

/** What to ask the Go command for, under these settings of its own. */
export function goTarget(build: GoBuild, settings: GoSettings): PlanTarget {
  const flags = [
    ...(build.debug === undefined ? [] : ['-gcflags=all=-N -l']),
    ...(build.race === true ? ['-race'] : []),
    ...build.flags,
  ]
  return { package: build.package, flags: goFlags({ flags, settings, symbols: keepsSymbols(build) }), settings }
}

/**
 * The same from packages that are compiled without DWARF, which the linker would read only to leave it out: it takes a
 * sixth less time without. Every package has to be compiled once for it, so it is nothing to begin with. Undefined where
 * the symbols are wanted, and where the user has flags for the compiler.
 */
export function leanTarget(build: GoBuild, target: PlanTarget): PlanTarget | undefined {
  if (keepsSymbols(build) || namesCompilerFlags(target.flags, target.settings)) return undefined
  return { ...target, flags: ['-gcflags=all=-dwarf=false', ...target.flags] }
}

function keepsSymbols({ debug, symbols }: GoBuild): boolean {
  return debug !== undefined || symbols === true
}

export interface GoService {
  readonly name: string
  /** Absolute. */
  readonly directory: string
  readonly build: GoBuild
}

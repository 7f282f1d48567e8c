import type { Build } from '../model/service.ts'
import type { PlanTarget } from './fast/ask-plan.ts'
import type { GoSettings } from './go-command.ts'
import { goFlags } from './go-flags.ts'

/** How a service of Go is to be built. */
export type GoBuild = Extract<Build, { readonly kind: 'go' }>

/** What to ask the Go command for, under these settings of its own. */
export function goTarget(build: GoBuild, settings: GoSettings): PlanTarget {
  const flags = [
    ...(build.debug === undefined ? [] : ['-gcflags=all=-N -l']),
    ...(build.race === true ? ['-race'] : []),
    ...build.flags,
  ]
  return { package: build.package, flags: goFlags({ flags, settings, debug: build.debug !== undefined }), settings }
}

import type { Emit } from '../model/event.ts'
import type { Service } from '../model/service.ts'
import { effectiveEnvironment } from '../supervise/environment.ts'

/** Variables of hotlane's own that must not leak from an outer hotlane, and `PORT`, which each instance gets for itself. */
const own = /^(HOTLANE_\w*|PORT)$/

/** What every program of a session sees of the real environment. */
export function realEnvironment(env: Readonly<NodeJS.ProcessEnv>): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !own.test(entry[0]),
  )
  return Object.fromEntries(kept)
}

/** The environment of a service's programs, read anew each time; what is wrong with an env file is told as a note. */
export async function environmentOf(
  service: Service,
  real: Readonly<Record<string, string>>,
  emit: Emit,
): Promise<Readonly<Record<string, string>>> {
  const { env, problems } = await effectiveEnvironment(real, service.envFiles, service.env)
  for (const { position, reason } of problems) emit({ type: 'project.note', note: { text: reason, position } })
  return env
}

/** Name of the variable by which a service finds another: `HOTLANE_URL_AUTH`. */
export function urlVariable(service: string): string {
  return `HOTLANE_URL_${service.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`
}

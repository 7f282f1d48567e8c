import type { RolloutContext } from './context.ts'
import type { Crew } from './crew.ts'
import { instancesOf } from './groups.ts'
import type { ServiceState } from './state.ts'

/**
 * Takes over what an earlier control process has left of a service: every instance of which the journal knows and that still
 * runs. What has become of a rollout that was under way then follows from the same decisions as ever, and is told.
 */
export async function recover(context: RolloutContext, state: ServiceState, crew: Crew): Promise<void> {
  const { service, emit } = context
  for (const { id, release } of state.instances) {
    if (crew.alive.has(id)) continue
    const instance = await context.adopt(id)
    if (instance === undefined) continue
    crew.take(instance)
    emit({ type: 'instance.adopted', service, release, pid: instance.pid })
  }
  const { rollout } = state
  if (rollout !== undefined)
    emit({ type: 'rollout.recovered', service, rollout: rollout.id, ...prospect(state, crew.alive) })
}

/** What is to become of a rollout that was found under way: it goes on where all that it had made still runs. */
export function prospect(
  state: ServiceState,
  alive: ReadonlySet<string>,
): { readonly how: 'resumed' | 'reverted'; readonly why: string } {
  const { rollout } = state
  if (rollout === undefined || rollout.phase === 'aborting') return { how: 'reverted', why: 'it was being aborted' }
  const made = instancesOf(state, rollout.to).filter(({ stage }) => stage === 'ready')
  const gone = made.filter(({ id }) => !alive.has(id)).length
  if (gone > 0) {
    const why = `${gone} of ${made.length} instances of release ${rollout.to} had ended meanwhile`
    return { how: 'reverted', why }
  }
  if (made.length === 0) return { how: 'resumed', why: 'nothing of the new release had become ready yet' }
  return { how: 'resumed', why: 'its instances run; figures for a verdict are gathered anew' }
}

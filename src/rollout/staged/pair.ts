import type { Release } from '../../model/release.ts'
import type { Instance } from '../../supervise/instance.ts'
import type { Pair } from './context.ts'
import type { Crew } from './crew.ts'
import type { ServiceState } from './state.ts'

/** An instance of the release on trial and one of the old release; undefined while none of the former runs. */
export async function pairOf(
  state: ServiceState,
  crew: Pick<Crew, 'instance'>,
  load: (release: number) => Promise<Release>,
): Promise<Pair | undefined> {
  const { rollout, instances } = state
  const runs = (release: number | undefined): Instance | undefined =>
    instances
      .filter((each) => each.release === release && (each.stage === 'ready' || each.stage === 'resting'))
      .map(({ id }) => crew.instance(id))
      .find((instance) => instance !== undefined)
  const trial = runs(rollout?.to)
  if (rollout === undefined || trial === undefined) return undefined
  const pair = { release: await load(rollout.to), trial }
  const instance = runs(rollout.from)
  if (rollout.from === undefined || instance === undefined) return pair
  return { ...pair, stable: { release: await load(rollout.from), instance } }
}

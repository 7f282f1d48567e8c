import type { Release } from '../../model/release.ts'
import type { RolloutContext } from './context.ts'
import type { Crew } from './crew.ts'
import type { RecordBody } from './records.ts'
import type { ServiceState } from './state.ts'
import type { Chore } from './upkeep.ts'

/** Who has chores: the loop of a service. */
export interface Household {
  readonly crew: Crew
  readonly state: ServiceState
  /** @throws HotlaneError HL6112 */
  commit(body: RecordBody): void
  /** @throws HotlaneError HL6102, HL6105 */
  release(number: number): Promise<Release>
}

/** Begins what an instance needs: written first, then left to the crew, which reports what it came to. */
export async function carryOut(
  chore: Chore,
  household: Household,
  newInstanceId: RolloutContext['newInstanceId'],
): Promise<void> {
  const { crew } = household
  switch (chore.kind) {
    case 'record':
      household.commit(chore.body)
      return
    case 'start': {
      const release = await household.release(chore.release)
      const id = newInstanceId()
      household.commit({ kind: 'starting', id, release: chore.release })
      crew.start(id, release)
      return
    }
    case 'cancel':
      crew.cancel(chore.id)
      return
    case 'drain': {
      const instance = household.state.instances.find(({ id }) => id === chore.id)
      const drainMs = instance === undefined ? 0 : (await household.release(instance.release)).service.drainMs
      crew.drain(chore.id, chore.target, drainMs)
      return
    }
    case 'stop':
      household.commit({ kind: 'stopping', id: chore.id })
      crew.stop(chore.id)
  }
}

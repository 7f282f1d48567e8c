import { beginRollout } from './apply-begin.ts'
import { applyToCourse } from './apply-course.ts'
import { applyToInstances, noteInstance, retireRelease } from './apply-instance.ts'
import { applySwap } from './apply-swap.ts'
import type { JournalRecord } from './records.ts'
import type { ServiceState } from './state.ts'

/** The state after a record. Pure: folding the journal gives what the process that wrote it knew. */
export function apply(state: ServiceState, record: JournalRecord): ServiceState {
  switch (record.kind) {
    case 'snapshot':
      return record.state
    case 'began':
      return beginRollout(state, record)
    case 'swapped':
      return applySwap(state, record)
    case 'cooled': {
      const { warm, ...cold } = state
      return warm === undefined ? state : { ...cold, instances: retireRelease(state.instances, warm.release) }
    }
    case 'starting':
    case 'ready':
    case 'leaving':
    case 'stopping':
    case 'stopped':
      return applyToInstances(state, record)
    case 'drained':
    case 'lost':
      return applyToInstances(noteInstance(state, record), record)
    case 'held':
    case 'started':
    case 'verified':
    case 'step':
    case 'weighed':
    case 'ordered':
    case 'promoted':
    case 'aborting':
    case 'finished':
      return state.rollout === undefined ? state : applyToCourse(state, state.rollout, record)
  }
}

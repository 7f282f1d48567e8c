import { wake } from './apply-instance.ts'
import type { ServiceState } from './state.ts'

/** The old release has the traffic again; where none of its instances is left, they are started anew. */
export function backToWarm(state: ServiceState, from: number | undefined): ServiceState {
  const { warm: _warm, stable, ...none } = state
  if (from === undefined || stable === undefined) return none
  const instances = state.warm?.release === from ? state.warm.instances : stable.instances
  return { ...none, stable: { release: from, instances }, instances: wake(state.instances, from) }
}

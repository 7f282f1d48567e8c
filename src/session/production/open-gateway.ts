import type { Workers } from '../../gateway/workers/fleet.ts'
import { openWorkers } from '../../gateway/workers/open-workers.ts'
import type { Emit } from '../../model/event.ts'
import type { Project } from '../../model/project.ts'
import { workerEvents } from './worker-events.ts'

export interface GatewayPlace {
  /** `.hotlane/gateway`. */
  readonly directory: string
  readonly version: string
  readonly emit: Emit
}

/** The gateway as the settings want it, taken over or begun; see `openWorkers`. @throws HotlaneError HL5001, HL5004 */
export function openGateway(
  { gateway }: Pick<Project, 'gateway'>,
  { directory, version, emit }: GatewayPlace,
  signal: AbortSignal,
): Promise<Workers> {
  const { workers, ...options } = gateway
  const settings = { directory, options, version, told: workerEvents(emit) }
  return openWorkers({ ...settings, ...(workers === undefined ? {} : { workers }) }, signal)
}

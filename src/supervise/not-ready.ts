import { describeExit, type Exit } from '../model/instance.ts'
import { formatDuration } from '../support/duration.ts'
import { HotlaneError } from '../support/errors.ts'
import { holderOf } from './holder.ts'
import type { StartSpec } from './instance.ts'
import type { Listener } from './listening.ts'
import { parsePortInUse, PortInUse } from './port-in-use.ts'

/** Why a wait for readiness was ended: the process has ended, or time is up. */
export class NotReady extends Error {
  readonly exit: Exit | undefined

  constructor(exit?: Exit) {
    super('not ready')
    this.exit = exit
  }
}

/** What was seen of an instance while it was waited for. */
export interface SightOf {
  /** `hopeless`: it has said that its port is taken, and for a while it has listened nowhere else. */
  see(why: string, listeners: readonly Listener[]): 'hopeful' | 'hopeless'
  /** What to tell the user: HL4005, HL4001 or HL4002. */
  failure(spec: Pick<StartSpec, 'service' | 'ready'>, cause: NotReady): Promise<HotlaneError>
}

/** How long an app whose port is taken may go on without listening anywhere: some try again. */
const retryMs = 1000

export function watchSight(lastOutput: () => string): SightOf {
  let lastWhy = 'it has done nothing yet'
  let isListening = false
  let refusedAtMs: number | undefined
  return {
    see(why, listeners) {
      lastWhy = why
      isListening = listeners.length > 0
      if (isListening || parsePortInUse(lastOutput()) === undefined) refusedAtMs = undefined
      else refusedAtMs ??= performance.now()
      return refusedAtMs !== undefined && performance.now() - refusedAtMs > retryMs ? 'hopeless' : 'hopeful'
    },
    async failure({ service, ready }, { exit }) {
      const output = lastOutput()
      const port = parsePortInUse(output)
      if (port !== undefined && (exit !== undefined || !isListening)) {
        return new PortInUse(port, { service, output, holder: await holderOf(port) })
      }
      if (exit !== undefined)
        return new HotlaneError('HL4001', { params: { service, how: describeExit(exit) }, output })
      const params = { service, timeout: formatDuration(ready.timeoutMs), waitedFor: lastWhy }
      return new HotlaneError('HL4002', { params, output })
    },
  }
}

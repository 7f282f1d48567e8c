import type { LogLine, LogsRequest } from '../../api/production.ts'
import type { LogFile } from '../../model/log-file.ts'
import type { ServiceState } from '../../rollout/staged/state.ts'
import { gatherLogs } from '../../store/logs/gather.ts'
import { listLogs } from '../../store/logs/list.ts'
import { HotlaneError } from '../../support/errors.ts'
import type { Plant } from './plant.ts'
import { laneOf } from './status.ts'

/**
 * Lines of services' output that are asked for; of instances that have ended, too.
 * @throws HotlaneError HL6102 for a release that there is not, and of which no log is left
 */
export async function* followLogs(
  { service, lane, release, lines, follow }: LogsRequest,
  { ledger, releases, state }: Pick<Plant, 'ledger' | 'releases' | 'state'>,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  if (service !== undefined && release !== undefined) {
    const isOfIt = (log: LogFile): boolean => log.service === service && log.release === release
    const isKept = (await releases.list(service)).includes(release)
    if (!isKept && !(await listLogs(state.production.logs)).some(isOfIt))
      throw new HotlaneError('HL6102', { params: { service, release } })
  }
  const wants = (log: LogFile): boolean =>
    (service === undefined || log.service === service) &&
    (release === undefined || log.release === release) &&
    (lane === undefined || laneOf(ledger.state(log.service), log.release) === lane)
  for await (const line of gatherLogs(state.production.logs, { wants, lines, follow }, signal)) {
    const known = ledger.state(line.service)
    const pid = pidOf(known, line.id)
    yield {
      service: line.service,
      lane: laneOf(known, line.release),
      release: line.release,
      ...(pid === undefined ? {} : { pid }),
      line: line.line,
    }
  }
}

function pidOf({ instances }: ServiceState, id: string): number | undefined {
  const instance = instances.find((each) => each.id === id)
  return instance === undefined || instance.stage === 'starting' ? undefined : instance.address.pid
}

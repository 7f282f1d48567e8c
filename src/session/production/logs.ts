import type { LogLine, LogsRequest } from '../../api/production.ts'
import type { LogFile } from '../../model/log-file.ts'
import type { ServiceState } from '../../rollout/staged/state.ts'
import { gatherLogs } from '../../store/logs/gather.ts'
import type { Plant } from './plant.ts'
import { laneOf } from './status.ts'

/** Lines of services' output that are asked for; of instances that have ended, too. */
export async function* followLogs(
  { service, lane, release, lines, follow }: LogsRequest,
  { ledger, state }: Pick<Plant, 'ledger' | 'state'>,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
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

import type { LogLine, LogsRequest } from '../../api/production.ts'
import type { Plant } from './plant.ts'
import type { Roster } from './roster.ts'

export async function* followLogs(
  _asked: LogsRequest,
  _site: { readonly plant: Plant; readonly roster: Roster },
  _signal: AbortSignal,
): AsyncGenerator<LogLine> {
  yield* []
}

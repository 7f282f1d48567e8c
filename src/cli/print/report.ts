import type { RolloutReport } from '../../model/rollout.ts'
import { formatDuration } from '../../support/duration.ts'
import { columns } from './columns.ts'
import type { Paint } from './paint.ts'
import { rolloutLines } from './rollout-lines.ts'
import { formatCount, formatCountOf, formatRate, formatTime } from './units.ts'

/** The report of a deploy, for people. */
export function reportLines(report: RolloutReport, paint: Paint): readonly string[] {
  const { rollout, startedAt, finishedAt, timings, reloadDurationMs, errorRate, notDrained } = report
  const now = new Date()
  const rate = (share: number | null): string => (share === null ? '-' : formatRate(share))
  const rows: readonly (readonly [string, string])[] = [
    ['began', formatTime(startedAt, now)],
    [
      'ended',
      `${formatTime(finishedAt, now)}, after ${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`,
    ],
    ['all traffic after', reloadDurationMs === undefined ? 'never' : formatDuration(reloadDurationMs)],
    ['requests', formatCount(report.requests)],
    ['lost', report.lost === 0 ? '0' : paint.red(formatCount(report.lost))],
    ['sent again', formatCount(report.retried)],
    ['held', formatCount(report.held.count)],
    ['streams moved', formatCount(report.streamsMoved)],
    ['in flight at switch', formatCount(report.pendingRequests)],
    ['errors', `${rate(errorRate.before)} before, ${rate(errorRate.during)} during, ${rate(errorRate.after)} after`],
    ...notDrained.map(
      ({ pid, left }) =>
        ['not drained', paint.yellow(`process ${pid}, ${formatCountOf(left, 'request')} left`)] as const,
    ),
  ]
  return [
    `${paint.bold(rollout.service)}  ${rolloutLines(rollout, paint).join('\n')}`,
    '',
    ...columns(rows),
    '',
    ...columns(
      timings.map(({ name, ms }) => [paint.dim(name), formatDuration(ms)]),
      [1],
    ),
  ]
}

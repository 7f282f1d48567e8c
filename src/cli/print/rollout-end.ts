import type { RolloutReport, RolloutView } from '../../model/rollout.ts'
import { formatDuration } from '../../support/duration.ts'
import type { Paint } from './paint.ts'
import { formatCountOf, formatShare } from './units.ts'
import { waitText } from './rollout-facts.ts'

/** How a rollout ended, or what it needs to go on. */
export function endLines(view: RolloutView, report: RolloutReport | undefined, paint: Paint): readonly string[] {
  const { service, from, to, phase, reason, basisPoints } = view
  if (phase === 'complete') return [`${paint.green('complete')}: release ${to} serves${costText(report, paint)}`]
  if (phase === 'aborted') {
    const serves = from === undefined ? 'nothing serves' : `release ${from} serves`
    return [`${paint.red('aborted')}${reason === undefined ? '' : `: ${reason}`}; ${serves}${costText(report, paint)}`]
  }
  const waits = view.paused ? 'is paused' : (waitText(view, new Date()) ?? 'waits for a person')
  const on = view.paused ? `hotlane resume ${service}` : `hotlane promote ${service}`
  return [
    `${paint.yellow(waits)}; release ${to} has ${formatShare(basisPoints)} of the traffic`,
    `"${on}" goes on, "hotlane abort ${service}" goes back`,
  ]
}

function costText(report: RolloutReport | undefined, paint: Paint): string {
  if (report === undefined) return ''
  const ms = Date.parse(report.finishedAt) - Date.parse(report.startedAt)
  const lost = report.lost === 0 ? '0 lost' : paint.red(`${report.lost} lost`)
  return ` (${formatDuration(ms)}, ${formatCountOf(report.requests, 'request')}, ${lost})`
}

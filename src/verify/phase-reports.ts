import { Tally } from './figures.ts'
import { gcFigures } from './gc/gc-log.ts'
import type { Observations } from './observations.ts'
import type { PhaseReport } from './report.ts'
import type { Sorted } from './sort.ts'
import { lengthsOf, nearSwitchOf, type Phase, phasesOf, steadyOf, type Timeline } from './timeline.ts'

const phaseNames: readonly Phase[] = ['before', 'during', 'between', 'after']

/** The whole, its phases as far as there were deployments, the neighbourhood of switches, and what both are compared with. */
export function phaseReports(seen: Observations, timeline: Timeline, sorted: Sorted): readonly PhaseReport[] {
  const seconds = lengthsOf(timeline)
  const phaseAt = phasesOf(timeline)
  const nearSwitchAt = nearSwitchOf(timeline)
  const report = (
    phase: PhaseReport['phase'],
    tally: Tally,
    length: number,
    at: (ms: number) => boolean,
  ): PhaseReport => {
    const figures = tally.figures()
    return {
      phase,
      seconds: length,
      perSecond: length === 0 ? 0 : figures.requests / length,
      ...figures,
      ...costsOf(seen, at),
    }
  }
  const reports = [report('all', sorted.all, seen.endMs / 1000, () => true)]
  if (seen.deployments.length > 0) {
    for (const phase of phaseNames) {
      if (phase === 'between' && seen.deployments.length < 2) continue
      const tally = sorted.phases.get(phase) ?? new Tally()
      reports.push(report(phase, tally, seconds[phase], (ms) => phaseAt({ fromMs: ms, toMs: ms }) === phase))
    }
  }
  if (timeline.switches.length > 0) {
    const near = (ms: number): boolean => nearSwitchAt({ fromMs: ms, toMs: ms })
    reports.push(report('switch', sorted.nearSwitch, seconds.switch, near))
  }
  if (reports.length > 1) {
    const isSteady = steadyOf(timeline)
    reports.push(report('steady', sorted.steady, seconds.steady, (ms) => isSteady({ fromMs: ms, toMs: ms })))
  }
  return reports
}

function costsOf(
  { gc, usage }: Observations,
  at: (ms: number) => boolean,
): Pick<PhaseReport, 'gc' | 'cpuCores' | 'rssMaxBytes'> {
  const points = usage?.map((point, index) => ({ ...point, ms: point.atMs - (usage[index - 1]?.atMs ?? point.atMs) }))
  const inside = points?.filter(({ atMs }) => at(atMs))
  const ms = inside?.reduce((sum, point) => sum + point.ms, 0) ?? 0
  return {
    ...(gc === undefined ? {} : { gc: gcFigures(gc.filter(({ atMs }) => at(atMs))) }),
    ...(inside === undefined
      ? {}
      : {
          cpuCores: ms === 0 ? null : inside.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / ms,
          rssMaxBytes: inside.reduce((most, { rssBytes }) => Math.max(most, rssBytes), 0),
        }),
  }
}

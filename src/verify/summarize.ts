import { latencyFigures } from './figures.ts'
import { Histogram } from './histogram.ts'
import { judge } from './judge.ts'
import { judgeLedger } from './judge-ledger.ts'
import { isStream, isTimed, type Observations } from './observations.ts'
import { phaseReports } from './phase-reports.ts'
import type { Plan } from './plan.ts'
import { backwardsIn, releasesIn, switchesIn } from './releases.ts'
import type { PhaseReport, Report, StreamReport } from './report.ts'
import { slotsOf } from './slots.ts'
import { sort } from './sort.ts'
import type { Timeline } from './timeline.ts'

/** What a run comes to. */
export function summarize(seen: Observations): Report {
  const { plan, samples, endMs } = seen
  const releases = releasesIn(samples)
  const switches = seen.switches ?? switchesIn(releases)
  const timeline: Timeline = { endMs, deployments: seen.deployments, switches }
  const sorted = sort(seen, timeline)
  const backwards = releases.length === 0 ? undefined : backwardsIn(samples, (step) => isStream(plan, step))
  const ledger = seen.executed === undefined ? undefined : judgeLedger(samples, plan.steps, seen.executed)
  const { rate, pace } = { rate: openRate(plan), pace: plan.pace }
  const judged = {
    phases: phaseReports(seen, timeline, sorted),
    lost: sorted.lost,
    streams: streamReports(seen),
    ...(ledger === undefined ? {} : { ledger }),
    ...(backwards === undefined ? {} : { backwards }),
  }
  return {
    format: 'hotlane-verify/1',
    target: seen.target,
    beganAt: new Date(seen.beganAt).toISOString(),
    seconds: endMs / 1000,
    rate: pace.kind === 'closed' ? null : rate,
    run: plan.run,
    remarks: [...seen.remarks, ...remarksOn(judged.phases)],
    ...judged,
    steps: plan.steps.flatMap((step, index) => {
      const tally = sorted.steps.get(index)
      return tally === undefined || isStream(plan, index)
        ? []
        : [{ step: step.name, slow: step.slow, ...tally.figures() }]
    }),
    losses: sorted.losses,
    releases,
    switches,
    deployments: seen.deployments,
    ...(seen.gateway === undefined ? {} : { gateway: seen.gateway }),
    generator: generatorReport(seen),
    slots: slotsOf(samples, endMs, (sample) => isTimed(plan, sample.step)),
    thresholds: seen.thresholds,
    verdicts: judge(judged, seen.thresholds),
  }
}

/** A comparison with other times may say more of the machine than of the deployments. */
function remarksOn(phases: readonly PhaseReport[]): readonly string[] {
  if (phases.find(({ phase }) => phase === 'between')?.requests !== 0) return []
  return [
    'There was no steady state between the deployments, only before and after them: give them more room (--every).',
  ]
}

function streamReports({ plan, samples, generator }: Observations): readonly StreamReport[] {
  const counts = new Map<number, { opened: number; cut: number }>()
  for (const { step, outcome } of samples) {
    if (!isStream(plan, step)) continue
    const count = counts.get(step) ?? { opened: 0, cut: 0 }
    counts.set(step, count)
    if (outcome === 'ok') count.opened++
    else count.cut++
  }
  return plan.steps.flatMap(({ name, kind, open }, index) => {
    const { opened, cut } = counts.get(index) ?? { opened: 0, cut: 0 }
    const { sent, answered } = generator.messages.find(({ step }) => step === index) ?? {}
    const messages = sent === undefined || answered === undefined ? {} : { sent, answered }
    return kind === 'request' ? [] : [{ step: name, kind, open, opened: opened + cut, cut, ...messages }]
  })
}

function generatorReport({ generator, samples, endMs }: Observations): Report['generator'] {
  const delay = new Histogram()
  for (const { ownMs } of samples) delay.add(ownMs)
  const { p50, p99, max } = latencyFigures(delay)
  const { connections, stalls, cpuMs, gcCount, gcMaxMs } = generator
  return { connections, delay: { p50, p99, max }, stalls, cpuCores: cpuMs / endMs, gcCount, gcMaxMs }
}

function openRate({ pace }: Plan): number | null {
  return pace.kind === 'closed' ? null : (pace.segments[0]?.from ?? null)
}

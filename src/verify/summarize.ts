import { latencyFigures, Tally } from './figures.ts'
import { gcFigures, type GcPause } from './gc/gc-log.ts'
import type { GeneratorSummary } from './generator/messages.ts'
import { Histogram } from './histogram.ts'
import { judge } from './judge.ts'
import { judgeLedger } from './judge-ledger.ts'
import type { Executed } from './ledger.ts'
import type { Thresholds } from '../model/verify.ts'
import type { Plan } from './plan.ts'
import { backwardsIn, releasesIn, switchesIn } from './releases.ts'
import type { Loss, PhaseReport, Report, StreamReport } from './report.ts'
import type { Sample, SampleLog } from './samples.ts'
import { slotsOf } from './slots.ts'
import {
  type Deployment,
  lengthsOf,
  nearSwitchOf,
  type Phase,
  phasesOf,
  type Switch,
  type Timeline,
} from './timeline.ts'
import type { UsagePoint } from './usage/follow.ts'

/** Everything that was seen in a run. */
export interface Observations {
  readonly target: string
  readonly plan: Plan
  /** Wall clock in ms of the epoch. */
  readonly beganAt: number
  /** Ms since the begin. */
  readonly endMs: number
  readonly samples: SampleLog
  readonly generator: GeneratorSummary
  readonly deployments: readonly Deployment[]
  /** As somebody told them who knows; absent, they are taken from the answers. */
  readonly switches?: readonly Switch[]
  readonly executed?: Executed
  readonly gc?: readonly GcPause[]
  readonly usage?: readonly UsagePoint[]
  readonly gateway?: { readonly held: number; readonly lost: number }
  readonly thresholds: Thresholds
  readonly remarks: readonly string[]
}

/** Losses that are told one by one. */
const shownLosses = 200

const phaseNames: readonly Phase[] = ['before', 'during', 'between', 'after']

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
    streams: streamReports(plan, samples),
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
    remarks: seen.remarks,
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
    verdicts: judge(judged, seen.thresholds, sorted.steady),
  }
}

interface Sorted {
  readonly all: Tally
  readonly phases: ReadonlyMap<Phase, Tally>
  readonly nearSwitch: Tally
  readonly steps: ReadonlyMap<number, Tally>
  /** Latency outside of deployments, but not after the last: that which a deployment is compared with. */
  readonly steady: Histogram
  readonly losses: readonly Loss[]
  readonly lost: number
}

function sort({ plan, samples }: Observations, timeline: Timeline): Sorted {
  const phaseAt = phasesOf(timeline)
  const nearSwitchAt = nearSwitchOf(timeline)
  const [all, nearSwitch] = [new Tally(), new Tally()]
  const phases = new Map<Phase, Tally>()
  const steps = new Map<number, Tally>()
  const losses: Loss[] = []
  let lost = 0
  for (const sample of samples) {
    const { n, step, outcome, status, release, intendedMs, endedMs } = sample
    tallyOf(steps, step).add(sample, true)
    if (isStream(plan, step)) continue
    const timed = isTimed(plan, step)
    const span = { fromMs: intendedMs, toMs: endedMs }
    all.add(sample, timed)
    tallyOf(phases, phaseAt(span)).add(sample, timed)
    if (nearSwitchAt(span)) nearSwitch.add(sample, timed)
    if (outcome === 'ok') continue
    lost++
    const name = plan.steps[step]?.name ?? ''
    if (losses.length < shownLosses) losses.push({ n, step: name, outcome, status, atMs: endedMs, release })
  }
  const steady = new Histogram()
  for (const phase of ['before', 'between'] as const) steady.merge(tallyOf(phases, phase).latency)
  return { all, phases, nearSwitch, steps, steady, losses, lost }
}

function phaseReports(seen: Observations, timeline: Timeline, sorted: Sorted): readonly PhaseReport[] {
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

function streamReports(plan: Plan, samples: Iterable<Sample>): readonly StreamReport[] {
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
    return kind === 'request' ? [] : [{ step: name, kind, open, opened: opened + cut, cut }]
  })
}

function generatorReport({ generator, samples, endMs }: Observations): Report['generator'] {
  const delay = new Histogram()
  for (const { ownMs } of samples) delay.add(ownMs)
  const { p50, p99, max } = latencyFigures(delay)
  const { connections, stalls, cpuMs, gcCount, gcMaxMs } = generator
  return { connections, delay: { p50, p99, max }, stalls, cpuCores: cpuMs / endMs, gcCount, gcMaxMs }
}

function isStream(plan: Plan, step: number): boolean {
  return plan.steps[step]?.kind !== 'request'
}

function isTimed(plan: Plan, step: number): boolean {
  return !isStream(plan, step) && plan.steps[step]?.slow === false
}

function openRate({ pace }: Plan): number | null {
  return pace.kind === 'closed' ? null : (pace.segments[0]?.from ?? null)
}

function tallyOf<K>(tallies: Map<K, Tally>, key: K): Tally {
  const known = tallies.get(key)
  if (known !== undefined) return known
  const made = new Tally()
  tallies.set(key, made)
  return made
}

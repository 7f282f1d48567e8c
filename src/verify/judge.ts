import type { LatencyBound, Thresholds } from '../model/verify.ts'
import type { LatencyFigures } from './figures.ts'
import { type PhaseReport, phaseOf, type Report } from './report.ts'

/** One threshold, and whether it held. Nothing measured is nothing proved: such a threshold has failed. */
export interface Verdict {
  /** As the flag is called: `max-lost`, `p99-during`. */
  readonly name: string
  readonly held: boolean
  /** What was asked for, for people. */
  readonly bound: string
  /** What was measured, for people. */
  readonly actual: string
}

type Judged = Pick<Report, 'phases' | 'lost' | 'streams' | 'ledger' | 'backwards'>

/** Judges a run. A bound that is a multiple is one of the same figure in steady state. */
export function judge(report: Judged, thresholds: Thresholds): readonly Verdict[] {
  const all = phaseOf(report, 'all')
  const steady = phaseOf(report, 'steady')?.latency.p99 ?? null
  const verdicts: Verdict[] = []
  const most = (name: string, bound: number | undefined, actual: number | undefined): void => {
    if (bound === undefined) return
    const held = actual !== undefined && actual <= bound
    verdicts.push({
      name,
      held,
      bound: `at most ${bound}`,
      actual: actual === undefined ? 'not known' : String(actual),
    })
  }
  const within = (name: string, bound: number | undefined, actual: number | null | undefined): void => {
    if (bound === undefined) return
    verdicts.push({ name, held: isWithin(actual, bound), bound: `at most ${ms(bound)}`, actual: ms(actual) })
  }
  most('max-lost', thresholds.lost, report.lost)
  most('max-twice', thresholds.twice, report.ledger?.twice)
  most(
    'max-cut',
    thresholds.cut,
    report.streams.reduce((sum, { cut }) => sum + cut, 0),
  )
  most('max-backwards', thresholds.backwards, report.backwards)
  if (thresholds.success !== undefined) {
    const actual = all?.success ?? undefined
    verdicts.push({
      name: 'min-success',
      held: actual !== undefined && actual >= thresholds.success,
      bound: `at least ${percent(thresholds.success)}`,
      actual: actual === undefined ? 'not known' : percent(actual),
    })
  }
  within('p50', thresholds.p50Ms, all?.latency.p50)
  within('p95', thresholds.p95Ms, all?.latency.p95)
  within('p99', thresholds.p99Ms, all?.latency.p99)
  within('max', thresholds.maxMs, all?.latency.max)
  const relative = (name: string, phase: PhaseReport['phase'], bound: LatencyBound | undefined): void => {
    if (bound === undefined) return
    verdicts.push(judgeBound(name, bound, phaseOf(report, phase)?.latency, steady))
  }
  relative('p99-during', 'during', thresholds.p99During)
  relative('p99-switch', 'switch', thresholds.p99Switch)
  return verdicts
}

function judgeBound(
  name: string,
  bound: LatencyBound,
  latency: LatencyFigures | undefined,
  steady: number | null,
): Verdict {
  const actual = latency?.p99 ?? null
  if (bound.kind === 'ms') {
    return { name, held: isWithin(actual, bound.ms), bound: `at most ${ms(bound.ms)}`, actual: ms(actual) }
  }
  const limit = steady === null ? null : steady * bound.ratio
  const times = actual === null || steady === null ? 'not known' : `${ms(actual)}, ${(actual / steady).toFixed(2)} x`
  return {
    name,
    held: limit !== null && isWithin(actual, limit),
    bound: `at most ${bound.ratio} x steady state (${ms(steady)})`,
    actual: times,
  }
}

function isWithin(actual: number | null | undefined, bound: number): boolean {
  return actual !== null && actual !== undefined && actual <= bound
}

function ms(value: number | null | undefined): string {
  return value === null || value === undefined ? 'not known' : `${Number(value.toPrecision(3))} ms`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`
}

import { type PhaseReport, type Report, phaseOf } from './report.ts'
import { type Line, milliseconds, padded, percent } from './report/text.ts'

/** One figure of two reports. */
export interface Difference {
  readonly phase: PhaseReport['phase']
  readonly figure: 'requests/s' | 'success' | 'P50' | 'P95' | 'P99' | 'max' | 'GC total' | 'GC max' | 'CPU'
  readonly a: number | null
  readonly b: number | null
  /** b / a; null where either is missing or a is zero. */
  readonly ratio: number | null
}

export interface Comparison {
  readonly a: string
  readonly b: string
  readonly lost: readonly [number, number]
  /** Null without a ledger. */
  readonly twice: readonly [number | null, number | null]
  readonly differences: readonly Difference[]
}

const figures = {
  'requests/s': (phase) => phase.perSecond,
  success: (phase) => phase.success,
  P50: (phase) => phase.latency.p50,
  P95: (phase) => phase.latency.p95,
  P99: (phase) => phase.latency.p99,
  max: (phase) => phase.latency.max,
  'GC total': (phase) => phase.gc?.totalMs ?? null,
  'GC max': (phase) => phase.gc?.maxMs ?? null,
  CPU: (phase) => phase.cpuCores ?? null,
} as const satisfies Record<Difference['figure'], (phase: PhaseReport) => number | null>

/** The figures of two reports side by side, for the phases that both have. */
export function compare(a: Report, b: Report): Comparison {
  const differences = a.phases.flatMap((first) => {
    const second = phaseOf(b, first.phase)
    if (second === undefined) return []
    return Object.entries(figures).flatMap(([name, read]): readonly Difference[] => {
      const [left, right] = [read(first), read(second)]
      if (left === null && right === null) return []
      const ratio = left === null || right === null || left === 0 ? null : right / left
      return [{ phase: first.phase, figure: name as Difference['figure'], a: left, b: right, ratio }]
    })
  })
  return {
    a: `${a.target} ${a.beganAt}`,
    b: `${b.target} ${b.beganAt}`,
    lost: [a.lost, b.lost],
    twice: [a.ledger?.twice ?? null, b.ledger?.twice ?? null],
    differences,
  }
}

export function comparisonLines({ a, b, lost, twice, differences }: Comparison): readonly Line[] {
  const count = (value: number | null): string => (value === null ? 'no ledger' : String(value))
  const rows = differences.map(({ phase, figure, a, b, ratio }) => [
    phase,
    figure,
    shown(figure, a),
    shown(figure, b),
    ratio === null ? '-' : `${ratio.toFixed(2)} x`,
  ])
  return [
    { text: `A  ${a}` },
    { text: `B  ${b}` },
    { text: '' },
    ...padded([
      ['', '', 'A', 'B', 'B / A'],
      ['', 'lost', String(lost[0]), String(lost[1]), ''],
      ['', 'twice', count(twice[0]), count(twice[1]), ''],
      ...rows,
    ]),
  ]
}

function shown(figure: Difference['figure'], value: number | null): string {
  if (value === null) return '-'
  if (figure === 'requests/s') return value.toFixed(1)
  if (figure === 'success') return percent(value)
  return figure === 'CPU' ? `${value.toFixed(2)} cores` : milliseconds(value)
}

import type { PhaseReport, StreamReport } from '../report.ts'

/** A line of a report and how it wants to be shown. */
export interface Line {
  readonly text: string
  readonly hue?: 'green' | 'red' | 'dim' | 'bold'
}

/** Three digits and a unit: `0.42 ms`, `1.35 s`. */
export function milliseconds(ms: number | null): string {
  if (ms === null) return '-'
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)} ms`
}

/** Rounded down, so that 100 % means all. */
export function percent(share: number | null): string {
  return share === null ? '-' : `${Math.floor(share * 100_000) / 1000} %`
}

/** `3 refused, 1 reset`, or a dash. */
export function countsOf(counts: Readonly<Record<string, number | undefined>>): string {
  const parts = Object.entries(counts).map(([kind, count]) => `${count ?? 0} ${kind}`)
  return parts.length === 0 ? '-' : parts.join(', ')
}

export function megabytes(bytes: number | undefined): string {
  return bytes === undefined || bytes === 0 ? '-' : `${(bytes / 1_000_000).toFixed(0)} MB`
}

function nameOf(phase: PhaseReport['phase']): string {
  if (phase === 'switch') return 'at a switch'
  return phase === 'steady' ? 'steady state' : phase
}

/** The cells of a phase, in the order of the headings of the table. */
export function cellsOf(
  phase: PhaseReport,
  { withGc, withUsage }: { readonly withGc: boolean; readonly withUsage: boolean },
): readonly string[] {
  const { latency, gc, cpuCores, rssMaxBytes } = phase
  const cells = [
    nameOf(phase.phase),
    `${phase.seconds.toFixed(1)} s`,
    String(phase.requests),
    phase.perSecond.toFixed(0),
    percent(phase.success),
    milliseconds(latency.p50),
    milliseconds(latency.p95),
    milliseconds(latency.p99),
    milliseconds(latency.max),
    countsOf(phase.failed),
  ]
  if (withGc)
    cells.push(
      gc === undefined ? '-' : String(gc.count),
      milliseconds(gc?.totalMs ?? null),
      milliseconds(gc?.maxMs ?? null),
    )
  if (withUsage) {
    const cores = cpuCores === undefined || cpuCores === null ? '-' : `${cpuCores.toFixed(2)} cores`
    cells.push(cores, megabytes(rssMaxBytes))
  }
  return cells
}

/** The table of streams, its headings first; messages only where some were sent. */
export function streamRows(streams: readonly StreamReport[], title: string): readonly (readonly string[])[] {
  const withMessages = streams.some(({ sent }) => sent !== undefined)
  const rows = streams.map(({ step, open, opened, cut, sent, answered }) => {
    const messages = withMessages ? [sent, answered].map((count) => String(count ?? '-')) : []
    return [step, String(open), String(opened), String(cut), ...messages]
  })
  return [[title, 'open', 'opened', 'cut or refused', ...(withMessages ? ['sent', 'answered'] : [])], ...rows]
}

/** Rows as lines whose columns stand below one another: the first to the left, figures to the right, the first row dim. */
export function padded(rows: readonly (readonly string[])[]): readonly Line[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row, index) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    return index === 0 ? { text: cells.join('  '), hue: 'dim' } : { text: cells.join('  ') }
  })
}

import type { LoadStep } from '../model/verify.ts'
import type { Executed } from './ledger.ts'
import type { Sample } from './samples.ts'

/** What ledger and client together tell. Streams count as requests here. */
export interface LedgerVerdict {
  /** Without the expected answer, and never executed: lost on the way. */
  readonly neverExecuted: number
  /** Executed, but the client did not get the expected answer. */
  readonly executedUnanswered: number
  /** Requests executed more than once. */
  readonly twice: number
  /** Answered as expected, but not in the ledger although others of the same step are. */
  readonly unrecorded: number
  /** Steps of which the ledger has nothing although they were answered: nothing is claimed about them. */
  readonly uncovered: readonly string[]
  /** The first of those executed more than once: number of the request, step, and how often. */
  readonly repeated: readonly { readonly n: number; readonly step: string; readonly times: number }[]
}

/** Repetitions that are told one by one. */
const shown = 100

export function judgeLedger(samples: Iterable<Sample>, steps: readonly LoadStep[], executed: Executed): LedgerVerdict {
  const covered = new Set<number>()
  const answered = new Set<number>()
  for (const { n, step, outcome } of samples) {
    if (executed.has(n)) covered.add(step)
    if (outcome === 'ok') answered.add(step)
  }
  const counts = { neverExecuted: 0, executedUnanswered: 0, twice: 0, unrecorded: 0 }
  const repeated: { n: number; step: string; times: number }[] = []
  for (const { n, step, outcome } of samples) {
    if (!covered.has(step) && answered.has(step)) continue
    const times = executed.get(n) ?? 0
    if (times === 0) counts[outcome === 'ok' ? 'unrecorded' : 'neverExecuted']++
    else if (outcome !== 'ok') counts.executedUnanswered++
    if (times < 2) continue
    counts.twice++
    if (repeated.length < shown) repeated.push({ n, step: nameOf(steps, step), times })
  }
  const uncovered = [...answered].filter((step) => !covered.has(step)).map((step) => nameOf(steps, step))
  return { ...counts, uncovered, repeated }
}

function nameOf(steps: readonly LoadStep[], index: number): string {
  return steps[index]?.name ?? String(index)
}

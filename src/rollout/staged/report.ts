import type { ServiceCounters } from '../../gateway/gateway.ts'
import type { RolloutReport } from '../../model/rollout.ts'
import type { Span } from './context.ts'
import type { EndedRollout } from './state.ts'
import { endedView } from './view.ts'

export interface ReportFigures {
  /** Every lane, from the command to the end. */
  readonly all: readonly Span[]
  readonly before: Span | undefined
  readonly during: Span | undefined
  readonly after: Span | undefined
}

/** What a rollout did, made when it is over. */
export function reportOf(service: string, ended: EndedRollout, figures: ReportFigures): RolloutReport {
  const { askedAt, finishedAt, promotedAt, drains } = ended
  const total = (key: 'requests' | 'lost' | 'retried' | 'heldTotal'): number =>
    figures.all.reduce((sum, span) => sum + rise(span, key), 0)
  return {
    rollout: endedView(service, ended),
    startedAt: new Date(askedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    timings: timingsOf(ended),
    ...(promotedAt === undefined ? {} : { reloadDurationMs: promotedAt - askedAt }),
    pendingRequests: drains.reduce((sum, { inFlight }) => sum + inFlight, 0),
    requests: total('requests'),
    lost: total('lost'),
    retried: total('retried'),
    held: { count: total('heldTotal') },
    streamsMoved: drains.reduce((sum, { streams }) => sum + streams, 0),
    errorRate: { before: rateOf(figures.before), during: rateOf(figures.during), after: rateOf(figures.after) },
    notDrained: drains.flatMap(({ pid, ended: cut, streams }) => (cut > streams ? [{ pid, left: cut - streams }] : [])),
  }
}

/** Each part lasts until the next begins. */
function timingsOf({ marks, finishedAt }: EndedRollout): RolloutReport['timings'] {
  return marks.map(({ name, at }, index) => ({ name, ms: (marks[index + 1]?.at ?? finishedAt) - at }))
}

/** Counters only rise; a reading from before a restart of the gateway may be ahead of what is read now. */
function rise({ from, to }: Span, key: 'requests' | 'lost' | 'retried' | 'heldTotal' | 'resets'): number {
  return Math.max(0, to.counters[key] - (from?.counters[key] ?? 0))
}

/** Share of requests that failed: 5xx, none, or cut; null where there was no request. */
function rateOf(span: Span | undefined): number | null {
  if (span === undefined) return null
  const requests = classes(span, [0, 1, 2, 3, 4, 5])
  if (requests === 0) return null
  return Math.min(1, (classes(span, [0, 5]) + rise(span, 'resets')) / requests)
}

function classes({ from, to }: Span, which: readonly (keyof ServiceCounters['statusClasses'] & number)[]): number {
  const sum = (counters: ServiceCounters | undefined): number =>
    which.reduce((all, index) => all + (counters?.statusClasses[index] ?? 0), 0)
  return Math.max(0, sum(to.counters) - sum(from?.counters))
}

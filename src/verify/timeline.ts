/** A deployment while load ran: a command, or a rebuild that was asked for. Times in ms since the begin. */
export interface Deployment {
  readonly what: string
  readonly fromMs: number
  readonly toMs: number
  /** What went wrong with it, if anything; it may be meant to fail. */
  readonly failed?: string
}

/** A moment at which another release began to answer. */
export interface Switch {
  readonly atMs: number
  readonly release: string
}

export interface Timeline {
  readonly endMs: number
  readonly deployments: readonly Deployment[]
  readonly switches: readonly Switch[]
}

/** `between`: after one deployment and before the next. */
export type Phase = 'before' | 'during' | 'between' | 'after'

/** What belongs to a deployment after its end: old instances drain, new ones warm up. */
export const settleMs = 1000

/** Around a switch, on each side. */
export const switchMarginMs = 500

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Tells the phase of a stretch of time: `during` if any of it lies in a deployment, so that what a deployment held up
 * counts as its own. `before` everything where there was none.
 */
export function phasesOf(timeline: Timeline): (span: Span) => Phase {
  const windows = windowsOf(timeline)
  const [first, last] = [windows[0], windows.at(-1)]
  return (span) => {
    if (first === undefined || last === undefined || span.toMs < first.fromMs) return 'before'
    if (span.fromMs > last.toMs) return 'after'
    return overlaps(windows, span) ? 'during' : 'between'
  }
}

/** Whether a stretch of time touches the neighbourhood of a switch. */
export function nearSwitchOf(timeline: Timeline): (span: Span) => boolean {
  const windows = neighbourhoodsOf(timeline)
  return (span) => overlaps(windows, span)
}

/**
 * Whether a stretch of time touches neither a deployment nor the neighbourhood of a switch. It may lie before, between or
 * after them, so that steady state is taken from all of a run: a machine that gets busier meanwhile is busier for both.
 */
export function steadyOf(timeline: Timeline): (span: Span) => boolean {
  const windows = unsteadyOf(timeline)
  return (span) => !overlaps(windows, span)
}

/** Seconds of each phase, of the neighbourhood of switches, and of steady state. */
export function lengthsOf(timeline: Timeline): Readonly<Record<Phase | 'switch' | 'steady', number>> {
  const windows = windowsOf(timeline)
  const { endMs } = timeline
  const seconds = (spans: readonly Span[]): number =>
    spans.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, endMs) - Math.max(0, fromMs)), 0) / 1000
  const from = windows[0]?.fromMs ?? endMs
  const to = Math.min(endMs, windows.at(-1)?.toMs ?? endMs)
  const during = seconds(windows)
  const between = Math.max(0, to - from) / 1000 - during
  return {
    before: from / 1000,
    during,
    between,
    after: (endMs - to) / 1000,
    switch: seconds(neighbourhoodsOf(timeline)),
    steady: endMs / 1000 - seconds(unsteadyOf(timeline)),
  }
}

function unsteadyOf(timeline: Timeline): readonly Span[] {
  return merged([...windowsOf(timeline), ...neighbourhoodsOf(timeline)])
}

function neighbourhoodsOf({ switches }: Timeline): readonly Span[] {
  return merged(switches.map(({ atMs }) => ({ fromMs: atMs - switchMarginMs, toMs: atMs + switchMarginMs })))
}

function windowsOf({ deployments }: Timeline): readonly Span[] {
  return merged(deployments.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + settleMs })))
}

function merged(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = []
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1)
    if (last === undefined || span.fromMs > last.toMs) joined.push(span)
    else joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) }
  }
  return joined
}

/** Spans in order and apart: the first that does not end before is the only one that can matter. */
function overlaps(spans: readonly Span[], { fromMs, toMs }: Span): boolean {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.toMs ?? 0) < fromMs) low = middle + 1
    else high = middle
  }
  return (spans[low]?.fromMs ?? Infinity) <= toMs
}

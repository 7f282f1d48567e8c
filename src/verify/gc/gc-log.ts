/** A pause of the service's garbage collection, at the time at which it was told; ms since the begin. */
export interface GcPause {
  readonly atMs: number
  readonly ms: number
}

export interface GcFigures {
  readonly count: number
  readonly totalMs: number
  readonly maxMs: number
}

export function gcFigures(pauses: readonly GcPause[]): GcFigures {
  return {
    count: pauses.length,
    totalMs: pauses.reduce((sum, { ms }) => sum + ms, 0),
    maxMs: pauses.reduce((most, { ms }) => Math.max(most, ms), 0),
  }
}

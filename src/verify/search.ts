/** What one rate showed in a search. */
export interface RateTrial {
  readonly rate: number
  readonly held: boolean
  readonly p99Ms: number | null
  readonly lost: number
}

export interface SearchOptions {
  readonly from: number
  readonly to: number
  /** Searches until it is this near, as a share of the rate. */
  readonly precision: number
  readonly tryRate: (rate: number) => Promise<RateTrial>
  readonly signal: AbortSignal
}

/**
 * The highest rate that holds: doubled until one does not, then halved between. Returns all trials in their order; the highest
 * that held, if any, is the answer.
 */
export async function searchRate({
  from,
  to,
  precision,
  tryRate,
  signal,
}: SearchOptions): Promise<readonly RateTrial[]> {
  const trials: RateTrial[] = []
  const holds = async (rate: number): Promise<boolean> => {
    const trial = await tryRate(rate)
    trials.push(trial)
    return trial.held
  }
  let good = 0
  let bad: number | undefined
  for (let rate = from; bad === undefined && good < to && !signal.aborted; rate = Math.min(to, rate * 2)) {
    if (await holds(rate)) good = rate
    else bad = rate
  }
  while (bad !== undefined && good > 0 && bad - good > Math.max(1, good * precision) && !signal.aborted) {
    const middle = Math.round((good + bad) / 2)
    if (await holds(middle)) good = middle
    else bad = middle
  }
  return trials
}

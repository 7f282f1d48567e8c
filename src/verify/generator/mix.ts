/**
 * Chooses steps by weight, evenly mixed and the same in every run: each choice goes to the step that lags most behind its
 * share. Steps without weight are never chosen. Undefined where none has any.
 */
export function mixOf(weights: readonly number[]): (() => number) | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return undefined
  const only = weights.indexOf(total)
  if (only !== -1) return () => only
  const credits = weights.map(() => 0)
  return () => {
    let best = 0
    for (const [index, weight] of weights.entries()) {
      credits[index] = (credits[index] ?? 0) + weight
      if ((credits[index] ?? 0) > (credits[best] ?? 0) || (weights[best] ?? 0) === 0) best = index
    }
    credits[best] = (credits[best] ?? 0) - total
    return best
  }
}

/** Says yes for an even share (0 to 1) of all calls. */
export function shareOf(share: number): () => boolean {
  if (share === 0) return () => false
  let credit = 0
  return () => {
    credit += share
    if (credit < 1 - 1e-9) return false
    credit -= 1
    return true
  }
}

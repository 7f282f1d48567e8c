import { logBeta } from './log-beta.ts'

/** How many of some requests were of a certain kind: failed, or slow. */
export interface Share {
  readonly count: number
  readonly of: number
}

/** What a share is compared with: another that was observed, or one that is known (0 to 1). */
export type Baseline = Share | number

/*
 * A rollout is looked at again and again until there is a verdict, and a test for one look (Wilson, Fisher) that is made
 * every few seconds gives a false alarm sooner or later. So evidence is a likelihood ratio: how probable the observations are
 * if nothing is known, averaged over all shares by a prior, against the most favourable case of the hypothesis. If the
 * hypothesis is true, this ratio is at most a martingale with mean 1, and the probability that it EVER reaches 1/alpha, at
 * whatever look, is at most alpha (Ville's inequality; Robbins 1970, "Statistical methods related to the law of the iterated
 * logarithm"; for composite hypotheses Wasserman, Ramdas, Balakrishnan 2020, "Universal inference"). It holds for small
 * counts, none included, needs no plan of looks and no memory of earlier ones. Requests are taken as independent.
 */

/** Beta prior of a share: any is valid, this one needs the fewest requests where shares are small. */
const prior = { a: 0.5, b: 40 } as const

/** Natural logarithm of the evidence against "the share exceeds the baseline by at most `excess`". */
export function evidenceOfMore(observed: Share, baseline: Baseline, excess: number): number {
  return evidence(observed, baseline, { excess, holds: (difference) => difference <= excess })
}

/** Natural logarithm of the evidence against "the share exceeds the baseline by at least `excess`". */
export function evidenceOfLess(observed: Share, baseline: Baseline, excess: number): number {
  return evidence(observed, baseline, { excess, holds: (difference) => difference >= excess })
}

interface Hypothesis {
  /** Difference of the shares at the hypothesis' edge. */
  readonly excess: number
  readonly holds: (difference: number) => boolean
}

function evidence(observed: Share, baseline: Baseline, { excess, holds }: Hypothesis): number {
  if (typeof baseline === 'number') {
    const inside = holds(ratio(observed) - baseline)
    return averaged(observed) - likelihood(observed, inside ? ratio(observed) : clamp(baseline + excess))
  }
  const inside = holds(ratio(observed) - ratio(baseline))
  // Likelihoods of counts have one peak: outside the hypothesis, its best case is on its edge.
  const at = inside ? ratio(baseline) : likeliestOnEdge(observed, baseline, excess)
  const best = likelihood(observed, inside ? ratio(observed) : clamp(at + excess)) + likelihood(baseline, at)
  return averaged(observed) + averaged(baseline) - best
}

/** Share of the baseline at which both counts are likeliest, if the other share is greater by `excess`. */
function likeliestOnEdge(observed: Share, baseline: Share, excess: number): number {
  let low = Math.max(0, -excess)
  let high = Math.min(1, 1 - excess)
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (slope(observed, middle + excess) + slope(baseline, middle) > 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Derivative of the likelihood's logarithm. */
function slope({ count, of }: Share, share: number): number {
  return (count === 0 ? 0 : count / share) - (count === of ? 0 : (of - count) / (1 - share))
}

function likelihood({ count, of }: Share, share: number): number {
  return (count === 0 ? 0 : count * Math.log(share)) + (count === of ? 0 : (of - count) * Math.log1p(-share))
}

function averaged({ count, of }: Share): number {
  return logBeta(prior.a + count, prior.b + of - count) - logBeta(prior.a, prior.b)
}

/** The share itself; 0 of nothing. */
export function ratio({ count, of }: Share): number {
  return of === 0 ? 0 : count / of
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}

import type { Strategy } from '../../model/plan.ts'

/** Name of the lane in which a release of this strategy is tried. */
export function laneOf(strategy: Strategy): string {
  return strategy === 'canary' || strategy === 'rolling' ? 'canary' : 'preview'
}

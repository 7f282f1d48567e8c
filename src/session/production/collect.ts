import { collectArtifacts } from '../../store/artifacts.ts'
import { tendLogs, usualLogLimits } from '../../store/logs/tend.ts'
import { collectTrees } from '../../store/trees.ts'
import type { Plant } from './plant.ts'

/**
 * Removes the programs and trees that no release needs any more, and keeps logs within their limits. Not to be run while a
 * release is made.
 */
export async function collect({ state, releases, ledger, project, now }: Plant): Promise<void> {
  const keep = await releases.artifacts()
  await collectArtifacts(state.artifacts, { budgetBytes: project().limits.cacheBytes, keep })
  await collectTrees(state.production.trees, keep)
  const living = ledger.services.flatMap((name) => ledger.state(name).instances.map(({ id }) => id))
  await tendLogs(state.production.logs, { limits: usualLogLimits, living: new Set(living) }, now)
}

import { collectArtifacts } from '../../store/artifacts.ts'
import { collectTrees } from '../../store/trees.ts'
import type { Plant } from './plant.ts'

/** Removes the programs and trees that no release needs any more. Not to be run while a release is made. */
export async function collect({ state, releases, project }: Plant): Promise<void> {
  const keep = await releases.artifacts()
  await collectArtifacts(state.artifacts, { budgetBytes: project().limits.cacheBytes, keep })
  await collectTrees(state.production.trees, keep)
}

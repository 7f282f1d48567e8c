import { collectArtifacts } from '../../store/artifacts.ts'
import { Releases } from '../../store/releases.ts'
import type { StateDirectory } from '../../store/state.ts'

export interface Built {
  /** Paths of artifacts that a lane needs. */
  readonly served: readonly string[]
  readonly budgetBytes: number
}

/**
 * Removes the programs beyond the budget that nobody needs any more. Those of releases are not development's to remove:
 * `hotlane up` starts them again, and goes back to them.
 * @throws HotlaneError HL6105; nothing is removed then, since nobody knows what the release needs
 */
export async function collectBuilt(
  { artifacts, production }: Pick<StateDirectory, 'artifacts' | 'production'>,
  { served, budgetBytes }: Built,
): Promise<void> {
  const released = await new Releases(production.releases).artifacts()
  await collectArtifacts(artifacts, { budgetBytes, keep: new Set([...served, ...released]) })
}

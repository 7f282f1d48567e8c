import type { Release } from '../../model/release.ts'
import { damageOf } from '../../store/damage.ts'
import { HotlaneError } from '../../support/errors.ts'

/** Passes only what is still what was kept, so that rubbish is told for what it is. @throws HotlaneError HL6113 */
export async function refuseDamaged({ service, number, artifact }: Release, signal: AbortSignal): Promise<void> {
  const what = await damageOf(artifact, signal)
  if (what === undefined) return
  throw new HotlaneError('HL6113', { params: { service: service.name, release: number, what } })
}

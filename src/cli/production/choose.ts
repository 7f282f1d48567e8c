import type { ProductionControl, ProductionServiceView } from '../../api/production.ts'
import type { RolloutView } from '../../model/rollout.ts'
import { HotlaneError } from '../../support/errors.ts'
import { nearest } from '../../support/nearest.ts'

/**
 * The service that a command means: the one named, the only one there is, or, for a command about rollouts, the only one
 * whose rollout goes on.
 * @throws HotlaneError HL1007, HL7011
 */
export async function chooseService(
  control: Pick<ProductionControl, 'production'>,
  named: string | undefined,
  about: 'service' | 'rollout' = 'service',
): Promise<ProductionServiceView> {
  const { services } = await control.production()
  const known = services.map(({ name }) => name)
  if (named !== undefined) {
    const found = services.find(({ name }) => name === named)
    if (found !== undefined) return found
    const near = nearest(named, known)
    const suggestion = near === undefined ? '' : ` (did you mean ${near}?)`
    throw new HotlaneError('HL1007', { params: { name: named, suggestion, known: known.join(', ') } })
  }
  const moving =
    about === 'rollout' ? services.filter(({ rollout }) => rollout !== undefined && !hasEnded(rollout)) : []
  const [only, ...others] = services.length === 1 ? services : moving
  if (only !== undefined && others.length === 0) return only
  throw new HotlaneError('HL7011', { params: { known: known.join(', ') } })
}

export function hasEnded({ phase }: RolloutView): boolean {
  return phase === 'complete' || phase === 'aborted'
}

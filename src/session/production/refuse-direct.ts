import type { Project } from '../../model/project.ts'
import { HotlaneError } from '../../support/errors.ts'

/**
 * Services that accept by themselves need somebody to hold their socket between two instances. The control process of
 * production may be killed at any moment, and the socket would go with it.
 * @throws HotlaneError HL1010
 */
export function refuseDirect({ services }: Pick<Project, 'services'>): void {
  const direct = services.filter((service) => service.direct === true).map(({ name }) => name)
  if (direct.length > 0) throw new HotlaneError('HL1010', { params: { services: direct.join(' and ') } })
}

import type { Finding } from '../../model/rollout.ts'
import type { ListenAddress } from '../../model/service.ts'

/** What a check is made against, and where. */
export interface CheckContext {
  readonly service: string
  /** Number of the new release. */
  readonly release: number
  /** An instance of the new release, by its private port. */
  readonly candidate: ListenAddress
  /** An instance of the old one; absent at the first deploy. */
  readonly stable?: ListenAddress
  /** Where commands run that name no directory of their own. */
  readonly directory: string
  /** Environment of commands. */
  readonly env: Readonly<Record<string, string>>
  /** Directory that lists running process groups. */
  readonly processes: string
}

/** What a check found: its text has no name in front. */
export type Outcome = Omit<Finding, 'name'>

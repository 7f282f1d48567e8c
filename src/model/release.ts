import type { Artifact } from './artifact.ts'
import type { Plan } from './plan.ts'
import type { Service } from './service.ts'

/**
 * What is rolled out and back to as one: immutable, numbered from 1 within its service, kept. Whatever decides how the
 * service behaves is in it, so that a rollback restores code, settings and environment together.
 */
export interface Release {
  readonly number: number
  /** Settings as they were: how it is run, routed, probed, stopped, limited. */
  readonly service: Service
  readonly plan: Plan
  readonly artifact: Artifact
  /**
   * What the service's own settings and env files gave; the environment of the machine is not part of it.
   * Kept in a file that only the user can read.
   */
  readonly environment: Readonly<Record<string, string>>
  /** Wall clock, ISO 8601. */
  readonly madeAt: string
  readonly origin:
    | { readonly kind: 'build' }
    | { readonly kind: 'artifact'; readonly file: string }
    /** The same content as an older release, deployed again. */
    | { readonly kind: 'rollback'; readonly of: number }
}

import type { Control } from './control.ts'
import type { ProductionControl } from './production.ts'

/** A session as the API serves it. Both kinds tell events; what else can be asked depends on the kind. */
export type Session =
  | { readonly mode: 'dev'; readonly control: Control }
  | { readonly mode: 'production'; readonly control: ProductionControl & Pick<Control, 'subscribe'> }

/** Who answers, as `GET /v1/session` tells it. */
export interface SessionView {
  readonly mode: Session['mode']
  readonly pid: number
}

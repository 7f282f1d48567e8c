import type { Stage } from './stage.ts'

/** One thing that any gateway owes, whatever it is built on. Fails by throwing. */
export interface GatewayBehaviour {
  readonly name: string
  /** The stage is new and is taken down afterwards. */
  run(stage: Stage): Promise<void>
}

import { answerBehaviours } from './answers.ts'
import type { GatewayBehaviour } from './behaviour.ts'
import { malformedBehaviours } from './malformed.ts'
import { requestBehaviours } from './requests.ts'

/** All that any implementation of the gateway must do. */
export const gatewayBehaviours: readonly GatewayBehaviour[] = [
  ...requestBehaviours,
  ...malformedBehaviours,
  ...answerBehaviours,
]

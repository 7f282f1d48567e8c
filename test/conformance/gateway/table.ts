import { answerBehaviours } from './answers.ts'
import { connectionBehaviours } from './connections.ts'
import { holdingBehaviours } from './holding.ts'
import { laneBehaviours } from './lanes.ts'
import { malformedBehaviours } from './malformed.ts'
import { pageBehaviours } from './pages.ts'
import { requestBehaviours } from './requests.ts'
import { routingBehaviours } from './routing.ts'
import { switchingBehaviours } from './switching.ts'
import { upgradeBehaviours } from './upgrades.ts'
import type { GatewayBehaviour } from './behaviour.ts'

/** All that any implementation of the gateway must do. */
export const gatewayBehaviours: readonly GatewayBehaviour[] = [
  ...routingBehaviours,
  ...laneBehaviours,
  ...requestBehaviours,
  ...malformedBehaviours,
  ...answerBehaviours,
  ...connectionBehaviours,
  ...switchingBehaviours,
  ...holdingBehaviours,
  ...upgradeBehaviours,
  ...pageBehaviours,
]

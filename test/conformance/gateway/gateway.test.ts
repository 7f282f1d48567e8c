import { describe, test } from 'vitest'

import { createGateway } from '../../../src/gateway/create.ts'
import { Stage } from './stage.ts'
import { gatewayBehaviours } from './table.ts'

describe('the gateway on node:http', () => {
  test.for(gatewayBehaviours)('$name', async ({ run }) => {
    await using stage = await Stage.open(createGateway)
    await run(stage)
  })
})

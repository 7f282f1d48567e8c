import { describe, expect, test } from 'vitest'

import { createGateway } from '../../../src/gateway/create.ts'
import { Stage } from './stage.ts'
import { gatewayBehaviours } from './table.ts'

describe('the gateway in one process', () => {
  test.for(gatewayBehaviours)('$name', async (behaviour) => {
    await using stage = await Stage.open(createGateway)
    await expect(behaviour.run(stage)).resolves.toBeUndefined()
  })
})

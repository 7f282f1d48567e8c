import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createGateway } from '../../../src/gateway/create.ts'
import { Stage } from './stage.ts'
import { gatewayBehaviours } from './table.ts'

describe('the gateway over TLS', () => {
  let directory = ''

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'hotlane-tls-'))
    // Clients of the table that take no certificate of their own (fetch, ws) look here.
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  })

  afterAll(async () => {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    await rm(directory, { recursive: true })
  })

  test.for(gatewayBehaviours)('$name', async (behaviour) => {
    const at = (name: string): string => path.join(directory, 'tls', name)
    const tls = { cert: at('a.crt'), key: at('a.key'), development: true }
    await using stage = await Stage.open(createGateway, { tellRelease: true }, tls)
    await expect(behaviour.run(stage)).resolves.toBeUndefined()
  })
})

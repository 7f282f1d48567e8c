import { once } from 'node:events'
import { createServer } from 'node:net'

import { expect, it } from 'vitest'

import { claimPort, isFree } from './port.ts'

it('never gives a port twice before it is released', async () => {
  const claims = await Promise.all(Array.from({ length: 200 }, () => claimPort()))
  expect(new Set(claims.map((claim) => claim.port)).size).toBe(200)
  for (const claim of claims) claim.release()
})

it.each(['127.0.0.1', '0.0.0.0', '::', '::1'])('knows a port that is taken on %s', async (host) => {
  const { port, release } = await claimPort()
  expect(await isFree(port)).toBe(true)
  const server = createServer().listen(port, host)
  await once(server, 'listening')
  expect(await isFree(port)).toBe(false)
  server.close()
  await once(server, 'close')
  release()
})

import { once } from 'node:events'
import { createServer } from 'node:net'

import { errnoOf } from '../support/files.ts'

/** A port that no other claim of this process gets until it is released. */
export interface PortClaim {
  readonly port: number
  readonly release: () => void
}

/** Between the choice of a port and the app's own bind nobody holds it, so hotlane itself must remember. */
const claimed = new Set<number>()

const maxTries = 50

/**
 * A private port that is free now on every address an app may bind: loopback, as the system chose it, and all of IPv6 and
 * IPv4.
 */
export async function claimPort(): Promise<PortClaim> {
  for (let tries = 1; ; tries++) {
    const port = await chosenBySystem()
    if (claimed.has(port)) continue
    claimed.add(port)
    if (tries >= maxTries || (await isFree(port))) return { port, release: () => void claimed.delete(port) }
    claimed.delete(port)
  }
}

/** Claims a port that an instance has already, so that no other gets it. */
export function holdPort(port: number): PortClaim {
  claimed.add(port)
  return { port, release: () => void claimed.delete(port) }
}

/** Whether a port can be bound on all addresses. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ['::', '0.0.0.0']) {
    const taken = await bound(port, host).then(
      () => false,
      (error: unknown) => errnoOf(error) === 'EADDRINUSE' || errnoOf(error) === 'EACCES',
    )
    if (taken) return false
  }
  return true
}

async function chosenBySystem(): Promise<number> {
  return bound(0, '127.0.0.1')
}

async function bound(port: number, host: string): Promise<number> {
  const server = createServer()
  server.listen({ port, host, exclusive: true })
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : port
}

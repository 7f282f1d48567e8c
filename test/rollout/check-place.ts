import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'

import { onTestFinished } from 'vitest'

import type { CheckContext } from '../../src/rollout/judge/check-context.ts'
import { makeTree } from '../support/tree.ts'

/** A signal that is never aborted. */
export const never = new AbortController().signal

/** Lets a server listen until the test is over; returns its port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

export function serve(listener: RequestListener): Promise<number> {
  return listen(createServer({ keepAlive: false }, listener))
}

/** What checks of a new release at this port see. */
export async function contextAt(port: number, change: Partial<CheckContext> = {}): Promise<CheckContext> {
  const directory = await makeTree()
  return {
    service: 'orders',
    release: 7,
    candidate: { host: '127.0.0.1', port },
    directory,
    env: { PATH: process.env['PATH'] ?? '' },
    processes: await makeTree(),
    ...change,
  }
}

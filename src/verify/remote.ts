import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import { once } from 'node:events'
import type { LoadStep } from '../model/verify.ts'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'
import type { Plan, Target } from './plan.ts'

/** Whether a host is this machine and cannot be anything else: every address of it is a loopback one (RFC 6890). */
export async function isLoopback(host: string): Promise<boolean> {
  if (isIP(host) !== 0) return isLoopbackAddress(host)
  const addresses = await lookup(host, { all: true }).catch(() => [])
  return addresses.length > 0 && addresses.every(({ address }) => isLoopbackAddress(address))
}

function isLoopbackAddress(address: string): boolean {
  return /^(::ffff:)?127\./i.test(address) || address === '::1'
}

/** One sentence on what a plan will send where. */
export function announce({ target, pace, maxRequests, connections, steps }: Plan): string {
  const rate =
    pace.kind === 'closed'
      ? `as many requests as ${connections} connections carry`
      : `up to ${Math.max(...pace.segments.flatMap(({ from, to }) => [from, to]))} requests per second`
  const ms =
    pace.kind === 'closed' ? pace.durationMs : pace.segments.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const what = steps.map(announceStep).join(', ')
  return `${rate} for up to ${Math.ceil(ms / 1000)} s, ${maxRequests} at most, to ${target.authority}: ${what}`
}

function announceStep({ name, messages, open }: LoadStep): string {
  return messages === undefined ? name : `${name} (${open} connections, a message every ${messages.everyMs} ms on each)`
}

/** Opens one connection and closes it. @throws HotlaneError HL8002 where nobody answers */
export async function checkReachable({ host, port, authority }: Target): Promise<void> {
  const socket = connect({ host, port, timeout: 5000 })
  socket.on('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw new HotlaneError('HL8002', { params: { target: authority, reason: errnoOf(error) ?? String(error) } })
  } finally {
    socket.destroy()
  }
}

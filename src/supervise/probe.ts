import { request } from 'node:http'
import { connect } from 'node:net'

import type { Listener } from './listening.ts'

/** A probe that gets no answer for so long is given up; the next one follows. */
const probeMs = 5000

/** The address under which a listener is reached from this machine, if it accepts a connection. */
export async function reachable({ host, port }: Listener, signal: AbortSignal): Promise<Listener | undefined> {
  for (const candidate of localAddresses(host)) {
    if (await accepts({ host: candidate, port }, signal)) return { host: candidate, port }
  }
  return undefined
}

/** All IPv6 addresses include IPv4's, unless the app set `IPV6_V6ONLY`. */
function localAddresses(host: string): readonly string[] {
  if (host === '0.0.0.0') return ['127.0.0.1']
  return host === '::' ? ['127.0.0.1', '::1'] : [host]
}

function accepts({ host, port }: Listener, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: probeMs })
    const settle = (accepted: boolean) => {
      signal.removeEventListener('abort', refuse)
      socket.destroy()
      resolve(accepted)
    }
    const refuse = () => settle(false)
    socket.once('connect', () => settle(true))
    socket.once('timeout', refuse)
    socket.on('error', refuse)
    // By hand: a signal that is given to `connect` keeps its listener until it is aborted.
    signal.addEventListener('abort', refuse)
    if (signal.aborted) refuse()
  })
}

/** Status of the answer to `GET path`; undefined where there is none, or it is no HTTP. */
export function statusOf(listener: Listener, path: string, signal: AbortSignal): Promise<number | undefined> {
  return ask(listener, { method: 'GET', path }, signal)
}

/** Whether HTTP is spoken there. `OPTIONS *` concerns the server, not a resource of the app's (RFC 9110, 9.3.7). */
export async function speaksHttp(listener: Listener, signal: AbortSignal): Promise<boolean> {
  return (await ask(listener, { method: 'OPTIONS', path: '*' }, signal)) !== undefined
}

function ask(
  { host, port }: Listener,
  { method, path }: { readonly method: string; readonly path: string },
  signal: AbortSignal,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = { 'user-agent': 'hotlane', connection: 'close' }
    const asked = request({ host, port, method, path, headers, agent: false, timeout: probeMs })
    const settle = (status: number | undefined) => {
      signal.removeEventListener('abort', giveUp)
      asked.destroy()
      resolve(status)
    }
    const giveUp = () => settle(undefined)
    asked.once('response', (response) => settle(response.statusCode))
    asked.once('timeout', giveUp)
    asked.on('error', giveUp)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    asked.end()
  })
}

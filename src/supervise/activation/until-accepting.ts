import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

import type { Ready } from '../../model/service.ts'
import type { Listener } from '../listening.ts'
import { acceptedBy } from './accepted-by.ts'

export interface Sharer {
  readonly ready: Ready
  /** The shared socket, as it is reached from this machine. */
  readonly address: Listener
  /** Resolves when the process says over IPC that it is ready. */
  readonly message: Promise<void>
  readonly members: () => Promise<readonly number[]>
}

/** What an instance is waited for. */
export interface Delay {
  readonly why: string
  /** A connection was open to everybody, and its processes have not taken it. */
  readonly isIdle: boolean
}

/** A probe that an older process has taken is repeated; so is one that nobody takes, since a process may die over it. */
const patienceMs = 1000
const pauseMs = 10

/**
 * Resolves when an instance that shares its listening socket with another is ready. That something answers on the address says
 * nothing: it may be the older one. So connections are opened until these processes have accepted one, and, where a path is
 * given, have answered it below 400 on that connection. A message over IPC says it too.
 * Tells `waiting` what it waits for. Rejects with the signal's reason, and only then: the deadline is the caller's.
 */
export async function untilAccepting(
  sharer: Sharer,
  waiting: (delay: Delay) => void,
  signal: AbortSignal,
): Promise<void> {
  const { ready, message } = sharer
  if (ready.kind === 'message') {
    waiting({ why: 'it has not sent "ready" over IPC', isIdle: false })
    return beforeAbort(message, signal)
  }
  if (ready.kind !== 'auto') return probe(sharer, waiting, signal)
  const enough = new AbortController()
  const stop = (): void => enough.abort(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  try {
    await Promise.race([message, probe(sharer, waiting, enough.signal)])
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

async function probe(sharer: Sharer, waiting: (delay: Delay) => void, signal: AbortSignal): Promise<void> {
  const { ready, address } = sharer
  let own: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const why =
      ready.path === undefined || ready.kind === 'port'
        ? await knock(sharer, signal)
        : await ask(sharer, ready.path, signal)
    if (why === undefined) return
    signal.throwIfAborted()
    // What it has answered itself tells more than that another was asked since.
    if (why.isOwn) own = why.text
    waiting({ why: `${own ?? why.text} on port ${address.port}, which it shares`, isIdle: own === undefined })
    await pause(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

/** What is missing. */
interface Shortfall {
  readonly text: string
  /** These processes were asked themselves. */
  readonly isOwn: boolean
}

/** Opens a connection. Undefined when these processes have accepted it, else what came instead. */
async function knock({ address, members }: Sharer, signal: AbortSignal): Promise<Shortfall | undefined> {
  const socket = connect(address)
  socket.on('error', () => undefined)
  try {
    await Promise.race([once(socket, 'connect'), once(socket, 'close')])
    const by = await acceptor(socket, members, signal)
    return by === 'these' ? undefined : { text: 'it has accepted no connection', isOwn: false }
  } finally {
    socket.destroy()
  }
}

/** Asks for a path. Undefined when these processes have answered well, else what came instead. */
async function ask({ address, members }: Sharer, path: string, signal: AbortSignal): Promise<Shortfall | undefined> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const asked = request({ ...address, path, agent, headers: { 'user-agent': 'hotlane' } })
    const giveUp = (): void => void asked.destroy()
    signal.addEventListener('abort', giveUp)
    const settled = new Promise<number | undefined>((resolve) => {
      asked.once('response', ({ statusCode }) => resolve(statusCode))
      asked.on('error', () => resolve(undefined))
      asked.setTimeout(patienceMs, () => resolve(undefined))
    })
    asked.end()
    const status = await settled
    signal.removeEventListener('abort', giveUp)
    const { socket } = asked
    const by = socket === null ? 'other' : await acceptor(socket, members, signal)
    if (by !== 'these') return { text: `it has not answered GET ${path}`, isOwn: false }
    if (status !== undefined && status >= 200 && status < 400) return undefined
    return { text: `GET ${path} ${status === undefined ? 'was not answered' : `answered ${status}`}`, isOwn: true }
  } finally {
    agent.destroy()
  }
}

/** Who has accepted a connection; waits a while where nobody has yet. */
async function acceptor(socket: Socket, members: Sharer['members'], signal: AbortSignal): Promise<'these' | 'other'> {
  const began = performance.now()
  for (;;) {
    const { localPort: clientPort, remotePort: serverPort } = socket
    if (clientPort === undefined || serverPort === undefined || socket.destroyed) return 'other'
    const by = await acceptedBy(await members(), { serverPort, clientPort })
    if (by !== 'waiting') return by
    if (signal.aborted || performance.now() - began > patienceMs) return 'other'
    await pause(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

function beforeAbort(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    void promise.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}

import { platform } from 'node:process'

import { listenersFromLsof } from './sockets-lsof.ts'
import { type ListeningSocket, listeningSockets, socketsOf } from './sockets-procfs.ts'

/** An address on which something listens. `0.0.0.0` and `::` are all addresses. */
export interface Listener {
  readonly host: string
  readonly port: number
}

export interface Family {
  /** Pid of the first process, which mostly is the one that listens. */
  readonly leader: number
  /** Pids of all processes that belong to the instance. */
  readonly members: () => Promise<readonly number[]>
  /** The port that hotlane chose for them and nobody else knows. */
  readonly privatePort: number
}

/** Looks of a table that stays as it is after which its owners are asked for all the same. */
const looksPerCheck = 10

/**
 * Makes a function that tells where the processes of one instance listen, and nobody else: an older instance, or a stranger
 * on the same port, must never make it ready. Linux: the kernel's socket table against the descriptors of the processes.
 * macOS and BSD: `lsof`. Undefined where the platform does not tell (Windows): there a port that answers is trusted.
 */
export function lookForListeners(family: Family): () => Promise<readonly Listener[] | undefined> {
  if (platform === 'win32') return () => Promise.resolve(undefined)
  if (platform !== 'linux') return async () => listenersFromLsof(await family.members())
  let last: { readonly table: string; readonly listeners: readonly Listener[]; looks: number } | undefined
  return async () => {
    const sockets = listeningSockets()
    const table = sockets.map((socket) => socket.inode).join(' ')
    // Asking every process for its descriptors is the dear part, and only a new socket changes the answer.
    if (last?.table === table && ++last.looks < looksPerCheck) return last.listeners
    const own = ownedBy([family.leader], sockets, family.privatePort)
    if (own.some((listener) => listener.port === family.privatePort)) return own
    last = { table, listeners: ownedBy(await family.members(), sockets, family.privatePort), looks: 0 }
    return last.listeners
  }
}

function ownedBy(
  pids: readonly number[],
  sockets: readonly ListeningSocket[],
  privatePort: number,
): readonly Listener[] {
  const held = pids.map(socketsOf)
  const inodes = new Set(held.flatMap((some) => some ?? []))
  // Descriptors of a program with special rights cannot be seen; but nobody else was told the private port.
  const isHidden = held.includes(undefined)
  const isOurs = (socket: ListeningSocket) => inodes.has(socket.inode) || (isHidden && socket.port === privatePort)
  const foreign = sockets.filter((socket) => !isOurs(socket))
  return sockets.filter(isOurs).map(({ host, port }) => {
    // Where a stranger has the port on IPv4, "all addresses" can only mean those of IPv6.
    const isShadowed = host === '::' && foreign.some((other) => other.port === port && other.host.includes('.'))
    return { host: isShadowed ? '::1' : host, port }
  })
}

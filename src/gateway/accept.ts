import { Socket, type Server } from 'node:net'

/** Who gets the bytes of an accepted connection; they have to be used or copied before the call returns. */
export type ReadBytes = (length: number, bytes: Buffer) => void

export interface Accepting {
  /** A connection was accepted; `socket` reads as soon as this returns. Returns who gets its bytes. */
  accepted(socket: Socket): ReadBytes
  /** All sockets read into this one buffer, each until its reader returns. */
  readonly buffer: Buffer
}

interface Handle {
  onconnection?: (error: number, handle: unknown) => void
}

/**
 * Makes a server that listens hand over its connections. Node has no public option for an accepted socket to read into a
 * buffer of ours, and without one each read allocates and frees 64 KiB: an eighth of the cost of a small request. So the
 * sockets are made here from the server's handle. Where a later node has no such handle, its own sockets are used,
 * which behave the same and cost more.
 */
export function acceptInto(server: Server, accepting: Accepting): void {
  const handle = handleOf(server)
  if (typeof handle?.onconnection !== 'function') {
    server.on('connection', (socket) => {
      const read = accepting.accepted(socket)
      socket.on('data', (bytes) => read(bytes.length, bytes))
    })
    return
  }
  handle.onconnection = (error, accepted) => {
    if (error !== 0 || accepted === undefined) return
    let read: ReadBytes = () => undefined
    const callback = (length: number, bytes: Uint8Array): boolean => {
      read(length, bytes as Buffer)
      return true
    }
    const options = { handle: accepted, allowHalfOpen: true, onread: { buffer: accepting.buffer, callback } }
    const socket = new Socket(options)
    read = accepting.accepted(socket)
  }
}

function handleOf(server: Server): Handle | null | undefined {
  return (server as Server & { readonly _handle?: Handle | null })._handle
}

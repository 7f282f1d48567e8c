import { createServer, type Server, type Socket } from 'node:net'

import type { ListenAddress } from '../model/service.ts'
import { listenerKey } from '../model/table.ts'
import { acceptInto, type ReadBytes } from './accept.ts'
import { ClientConnection } from './client-connection.ts'
import type { Crowd } from './crowd.ts'
import { plainAddress } from './peer.ts'
import { listenError } from './listen-error.ts'
import type { Plane } from './plane.ts'

/** What all listeners of a gateway share. */
export interface Surroundings {
  readonly plane: Plane
  /** Whether what a peer says about earlier hops is believed. */
  readonly trusts: (address: string) => boolean
  readonly crowd: Crowd
}

/** One public address, and the connections that came in by it. */
export class Listener {
  readonly plane: Plane
  readonly asked: ListenAddress
  readonly connections = new Set<ClientConnection>()
  readonly #server: Server
  readonly #trusts: (address: string) => boolean
  readonly #crowd: Crowd
  #keys: readonly string[] = []
  #listening = false
  #retired = false

  constructor(asked: ListenAddress, { plane, trusts, crowd }: Surroundings) {
    this.asked = asked
    this.plane = plane
    this.#trusts = trusts
    this.#crowd = crowd
    this.#server = createServer({ allowHalfOpen: true })
  }

  /** Names by which the table may call it: as asked for, and with the port that it got. */
  get keys(): readonly string[] {
    return this.#keys
  }

  get listening(): boolean {
    return this.#listening
  }

  /** Kept connections wait for a further request, to be answered and closed, though no more is accepted. */
  get retired(): boolean {
    return this.#retired
  }

  /** With a descriptor, accepts from that socket. @throws HotlaneError HL5001 */
  async open(descriptor?: number): Promise<ListenAddress> {
    const { host, port } = this.asked
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(descriptor === undefined ? { host, port } : { fd: descriptor }, () => {
        this.#server.off('error', reject)
        resolve()
      })
    }).catch((cause: unknown) => {
      throw listenError(this.asked, cause)
    })
    this.#listening = true
    acceptInto(this.#server, { buffer: this.plane.readBuffer, accepted: (socket) => this.#accepted(socket) })
    const bound = this.#server.address()
    const actual = { host, port: bound === null || typeof bound === 'string' ? port : bound.port }
    this.#keys = [...new Set([listenerKey(this.asked), listenerKey(actual)])]
    return actual
  }

  /** Accepts no more; connections without a request are closed, the others after their request. */
  shut(): void {
    if (this.#listening) this.#server.close()
    else if (!this.#retired) return
    this.#listening = false
    this.#retired = false
    for (const connection of this.connections) if (connection.idle) connection.end()
  }

  /** Accepts no more; every connection goes on until its next answer, or as long as its client was told. */
  retire(): void {
    if (!this.#listening) return
    this.#listening = false
    this.#retired = true
    this.#server.close()
  }

  /** Closes every connection as soon as what waits to be sent is sent. Resolves when all are closed, or after `graceMs`. */
  async destroy(graceMs: number): Promise<void> {
    const open = [...this.connections].filter(({ socket }) => !socket.destroyed)
    if (open.length === 0) return
    const closed = Promise.all(open.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve))))
    for (const { socket } of open) socket.destroySoon()
    const late = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      void closed.then(() => clearTimeout(timer)).then(resolve)
    })
    await late
    for (const { socket } of open) socket.destroy()
  }

  forget(connection: ClientConnection): void {
    if (this.connections.delete(connection)) this.#crowd.leave(connection.peer)
  }

  #accepted(socket: Socket): ReadBytes {
    const address = plainAddress(socket.remoteAddress)
    if (!this.#crowd.enter(address)) {
      socket.on('error', () => undefined)
      socket.destroy()
      return () => undefined
    }
    const connection = new ClientConnection(this, socket, { address, trusted: this.#trusts(address) })
    this.connections.add(connection)
    socket.setNoDelay(true)
    socket.on('drain', () => connection.drained())
    socket.on('end', () => connection.ended())
    // What went wrong with a client's connection is told by its close.
    socket.on('error', () => undefined)
    socket.on('close', () => connection.closed())
    return (length, bytes) => connection.read(bytes, length)
  }
}

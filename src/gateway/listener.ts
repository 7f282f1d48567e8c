import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { ListenAddress } from '../model/service.ts'
import { listenerKey } from '../model/table.ts'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'
import { collectEarlyBytes, type EarlyBytes } from './early-bytes.ts'
import { responseFor } from './exchange.ts'
import { headLimitBytes } from './limits.ts'
import { ignoresUpgrade, replayPlain } from './plain-replay.ts'

export interface Arrival {
  readonly listener: Listener
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly upgrade?: EarlyBytes
}

/** One public address, and the connections that came in by it. */
export class Listener {
  readonly server: Server
  readonly asked: ListenAddress
  readonly #sockets = new Set<Socket>()
  #keys: readonly string[] = []

  constructor(asked: ListenAddress, arrived: (arrival: Arrival) => void) {
    this.asked = asked
    this.server = createServer({
      insecureHTTPParser: false,
      maxHeaderSize: headLimitBytes,
      headersTimeout: 60_000,
      keepAliveTimeout: 75_000,
      // Uploads may take as long as they take.
      requestTimeout: 0,
      noDelay: true,
    })
    this.server.maxHeadersCount = 0
    const plain = (request: IncomingMessage, response: ServerResponse): void =>
      arrived({ listener: this, request, response, socket: request.socket })
    this.server.on('request', plain).on('checkContinue', plain).on('checkExpectation', plain)
    this.server.on('upgrade', (request, duplex, head: Buffer) => {
      const socket = duplex as Socket
      if (ignoresUpgrade(request)) return replayPlain(this.server, request, socket, head)
      // Node has taken its own listeners away, and an error without a listener would end the process.
      socket.on('error', () => socket.destroy())
      const response = responseFor(request, socket)
      arrived({ listener: this, request, response, socket, upgrade: collectEarlyBytes(socket, head) })
    })
    this.server.on('connect', (_request, socket) => {
      socket.on('error', () => socket.destroy())
      socket.end('HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    })
    this.server.on('connection', (socket: Socket) => {
      if (this.#sockets.has(socket)) return
      this.#sockets.add(socket)
      // Pipelined requests each listen for the end of their connection.
      socket.setMaxListeners(0)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /** Names by which the table may call it: as asked for, and with the port that it got. */
  get keys(): readonly string[] {
    return this.#keys
  }

  get listening(): boolean {
    return this.server.listening
  }

  /** @throws HotlaneError HL5001 */
  async open(): Promise<ListenAddress> {
    const { host, port } = this.asked
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen({ host, port }, () => {
        this.server.off('error', reject)
        resolve()
      })
    }).catch((cause: unknown) => {
      throw new HotlaneError('HL5001', {
        params: { address: listenerKey(this.asked), reason: reasonOf(cause), holder: '' },
        cause,
      })
    })
    const bound = this.server.address()
    const actual = { host, port: bound === null || typeof bound === 'string' ? port : bound.port }
    this.#keys = [...new Set([listenerKey(this.asked), listenerKey(actual)])]
    return actual
  }

  /** Accepts no more; connections without a request are closed, the others after their request. */
  shut(): void {
    this.server.close()
    this.server.closeIdleConnections()
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

function reasonOf(error: unknown): string {
  const errno = errnoOf(error)
  if (errno === 'EADDRINUSE') return 'the address is in use'
  if (errno === 'EACCES') return 'permission denied'
  if (errno === 'EADDRNOTAVAIL') return 'this machine does not have the address'
  return error instanceof Error ? error.message : String(error)
}

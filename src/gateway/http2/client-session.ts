import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

import { ClientConnection, type Peer } from '../client-connection.ts'
import { lingerMs } from '../limits.ts'
import type { Listener } from '../listener.ts'
import { ClientStream } from './client-stream.ts'
import { connectionWindowBytes, sessionOptions } from './limits.ts'
import { requestText } from './request-text.ts'

/** The highest number that a stream can have. */
const lastOfAll = 2 ** 31 - 1

/** How long a peer may be silent before its system is asked whether it is still there. */
const probeMs = 60_000

/** A connection of HTTP/2 of a client: each of its streams is a connection that carries one request. */
export class ClientSession {
  /** `performance.now()` at which it has been idle for long enough; 0 while it has streams. */
  deadline: number
  readonly #listener: Listener
  readonly #peer: Peer
  readonly #socket: Socket
  readonly #session: ServerHttp2Session
  #streams = 0
  #ending = false

  constructor(listener: Listener, socket: Socket, peer: Peer) {
    this.#listener = listener
    this.#peer = peer
    this.#socket = socket
    this.deadline = performance.now() + listener.plane.timeouts.headMs
    // A stream may be silent for as long as it likes, so only the system can tell a peer that is gone.
    socket.setKeepAlive(true, probeMs)
    this.#session = performServerHandshake(socket, sessionOptions)
    this.#session.setLocalWindowSize(connectionWindowBytes)
    this.#session.on('error', () => undefined)
    this.#session.on('close', () => listener.forgetSession(this))
    this.#session.on('stream', (stream: ServerHttp2Stream, _headers, flags: number, fields: string[] = []) =>
      this.#begin(stream, flags, fields),
    )
    // A half-closed connection cannot be told from one that is gone, so nothing is done for it any longer.
    socket.once('end', () => this.destroy())
  }

  get socket(): Socket {
    return this.#socket
  }

  /**
   * Tells the client to begin nothing new, takes what it has sent before it heard of that, and ends when its streams have
   * (RFC 9113 section 6.8: a first GOAWAY that refuses nothing, the second when the client has answered). Without streams it
   * ends at once: nghttp2 reads nothing more behind a GOAWAY then, so what the client may have sent has to be refused, which
   * lets it send that again elsewhere.
   */
  end(): void {
    if (this.#ending || this.#session.destroyed) return
    this.#ending = true
    this.deadline = performance.now() + lingerMs
    if (this.#streams === 0) return this.#session.close()
    this.#session.goaway(constants.NGHTTP2_NO_ERROR, lastOfAll)
    this.#session.ping(() => this.#session.close())
  }

  /** Its deadline has passed. */
  expire(): void {
    this.deadline = 0
    if (!this.#ending) this.end()
    else if (this.#streams === 0) this.#socket.destroy()
    else this.#session.close()
  }

  destroy(): void {
    if (!this.#session.destroyed) this.#session.destroy()
  }

  #begin(stream: ServerHttp2Stream, flags: number, fields: readonly string[]): void {
    const hasBody = (flags & constants.NGHTTP2_FLAG_END_STREAM) === 0
    const asked = requestText(fields, hasBody)
    const { plane } = this.#listener
    const { method, chunked } = 'why' in asked ? { method: 'GET', chunked: false } : asked
    const wire = new ClientStream(stream, { plane, method, chunked })
    const connection = new ClientConnection(this.#listener, wire, this.#peer)
    this.#streams++
    this.deadline = 0
    stream.once('close', () => this.#over())
    this.#listener.connections.add(connection)
    wire.carry(connection, hasBody)
    if ('why' in asked) return connection.refuse(asked)
    const head = Buffer.from(asked.text, 'latin1')
    connection.read(head, head.length)
  }

  #over(): void {
    this.#streams--
    if (this.#streams > 0) return
    this.deadline = performance.now() + (this.#ending ? lingerMs : this.#listener.plane.timeouts.idleMs)
    if (this.#ending) this.#session.close()
  }
}

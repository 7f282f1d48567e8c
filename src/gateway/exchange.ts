import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import { statusClass, type Tally } from './counters.ts'
import type { EarlyBytes } from './early-bytes.ts'
import { fieldOf } from './headers.ts'
import { hostName, splitTarget, type Sought } from './route.ts'
import type { Waiter } from './waiting-room.ts'

export interface ExchangeSource {
  readonly sequence: number
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly listeners: readonly string[]
  /** Set for a request that asks for another protocol. */
  readonly upgrade?: EarlyBytes
  /** Called once, when nothing of it is left. */
  readonly over: () => void
}

/** One request of a client and what became of it. */
export class Exchange implements Waiter {
  readonly sequence: number
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly upgrade: EarlyBytes | undefined
  readonly sought: Sought
  deadline: number | undefined
  /** The next attempt goes on a new connection. */
  fresh = false
  /** What to undo when the client goes away; set by whoever has the request in hand. */
  gone: () => void = () => undefined
  #tally: Tally | undefined
  #answered = false
  #over = false
  readonly #tellOver: () => void
  readonly #clientClosed = (): void => {
    if (this.#over) return
    this.finish()
    this.gone()
  }

  constructor(source: ExchangeSource) {
    this.sequence = source.sequence
    this.request = source.request
    this.response = source.response
    this.socket = source.socket
    this.upgrade = source.upgrade
    this.#tellOver = source.over
    const target = splitTarget(source.request.url ?? '/')
    // A target in absolute form beats the Host field (RFC 9112 section 3.2.2).
    const host = hostName(target.authority ?? fieldOf(source.request.rawHeaders, 'host'))
    this.sought = { listeners: source.listeners, host, path: target.path }
    source.socket.on('close', this.#clientClosed)
    source.response.once('finish', () => this.finish())
  }

  get over(): boolean {
    return this.#over
  }

  get answered(): boolean {
    return this.#answered
  }

  /** Counts the request for a service, the first time it is routed to one. */
  countFor(tally: Tally): void {
    if (this.#tally !== undefined) return
    this.#tally = tally
    tally.requests++
  }

  countHeld(): void {
    if (this.#tally !== undefined && this.deadline === undefined) this.#tally.heldTotal++
  }

  countRetry(): void {
    if (this.#tally !== undefined) this.#tally.retried++
  }

  countLost(): void {
    if (this.#tally !== undefined) this.#tally.lost++
  }

  /** Counts the head that the client gets. */
  countAnswer(status: number): void {
    if (this.#answered) return
    this.#answered = true
    if (this.#tally !== undefined) this.#tally.statusClasses[statusClass(status)]++
  }

  /** Cuts the client so that it notices: the message stays incomplete. */
  cut(): void {
    if (this.#over) return
    this.countLost()
    // A client of HTTP/1.0 takes an orderly end for the end of the body, so it must see a reset.
    if (this.request.httpVersion === '1.0') this.socket.resetAndDestroy()
    else this.socket.destroy()
    this.finish()
  }

  /** Nothing more will be sent to the client for this request. */
  finish(): void {
    if (this.#over) return
    this.#over = true
    this.socket.off('close', this.#clientClosed)
    if (!this.#answered && this.#tally !== undefined) this.#tally.statusClasses[0]++
    this.#tellOver()
  }
}

/** A response object on a connection that node has handed over after an `Upgrade` request. */
export function responseFor(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  // Node's server listens no more on this socket, so what it would do is done here.
  socket.on('drain', () => response.emit('drain'))
  response.once('finish', () => socket.end())
  return response
}

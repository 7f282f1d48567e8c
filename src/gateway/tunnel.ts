import type { Exchange } from './exchange.ts'
import { lingerMs } from './limits.ts'
import type { OriginConnection } from './origin-connection.ts'
import { Relay } from './relay.ts'
import { closeFrame, FrameTracker } from './websocket-frames.ts'

/** Code and reason for clients that should connect again (RFC 6455 section 7.4.1 and its registry). */
const restart = { code: 1012, reason: 'service restart' } as const

/** Connects client and origin after a 101: bytes pass as they are, both ways, until one of them ends. */
export class Tunnel {
  readonly #exchange: Exchange
  readonly #upstream: OriginConnection
  readonly #up: Relay
  readonly #down: Relay
  readonly #webSocket: boolean
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(exchange: Exchange, upstream: OriginConnection, webSocket: boolean) {
    this.#exchange = exchange
    this.#upstream = upstream
    this.#webSocket = webSocket
    this.#up = new Relay(upstream.socket, webSocket ? new FrameTracker() : undefined)
    this.#down = new Relay(exchange.client.socket, webSocket ? new FrameTracker() : undefined)
    exchange.ending = () => this.#end()
  }

  fromClient(bytes: Buffer): void {
    this.#up.pass(bytes)
    if (this.#up.congested) this.#exchange.client.pause()
  }

  fromOrigin(bytes: Buffer): void {
    this.#down.pass(bytes)
    if (this.#down.congested) this.#upstream.pause()
  }

  clientEnded(): void {
    this.#up.end()
  }

  originEnded(): void {
    this.#down.end()
  }

  /** The client has taken all that waited for it. */
  clientDrained(): void {
    this.#upstream.resume()
  }

  originDrained(): void {
    this.#exchange.client.resumeBody()
  }

  clientClosed(): void {
    this.#close()
  }

  originFailed(): void {
    if (!this.#closed) this.#exchange.countLost()
    this.#exchange.client.cut(false)
  }

  /** What came last from the origin must still reach the client, so only the client's own close ends all. */
  originClosed(): void {
    const { socket } = this.#exchange.client
    if (!socket.writableEnded) socket.end()
    else if (socket.readableEnded) socket.destroySoon()
  }

  /** A WebSocket is told to come back, at the next boundary between two frames; anything else is cut. */
  #end(): void {
    if (this.#closed) return
    if (!this.#webSocket) return this.#exchange.cut()
    this.#timer = setTimeout(() => {
      // Who was told to come back and did not hang up loses nothing; who got half a frame does.
      if (!this.#down.stopped) this.#exchange.countLost()
      this.#exchange.client.cut(false)
    }, lingerMs)
    this.#down.stop(closeFrame(restart.code, restart.reason, false))
    this.#up.stop(closeFrame(restart.code, restart.reason, true))
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    this.#exchange.abandon()
  }
}

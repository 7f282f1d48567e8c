/**
 * What carries octets of HTTP/1.1: a socket, or one stream of HTTP/2 that is read and written as if it were such a socket.
 * The names mean what they mean on node's `Socket`.
 */
export interface Wire {
  readonly writable: boolean
  readonly writableEnded: boolean
  readonly writableLength: number
  readonly writableNeedDrain: boolean
  readonly readableEnded: boolean
  readonly destroyed: boolean
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
  /** False: enough for now. */
  write(bytes: Buffer): boolean
  pause(): void
  resume(): void
  /** Sends what waits, then ends this direction. */
  end(): void
  destroy(): void
  destroySoon(): void
  once(event: 'close', listener: () => void): void
}

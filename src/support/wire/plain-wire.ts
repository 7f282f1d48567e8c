import type { Socket } from 'node:net'
import { getSystemErrorName } from 'node:util'

import type { Wire } from './wire.ts'
import { writeHandleOf, type WriteHandle, type WriteRequest, type WriteRequests } from './write-requests.ts'

interface PlainWireOptions {
  readonly requests: WriteRequests
  /** What waited has been taken; by a write of the socket's own this is told by its `drain`. */
  readonly drained: () => void
}

/**
 * A TCP socket that is written to without node's stream before it: the system takes nearly every write whole and at once, and
 * then a stream's queue, callbacks and ticks are a fifth of what a small request costs in this process. Whatever the system does
 * not take at once is waited for, and what comes behind it goes through the stream, in order. Where a node keeps its sockets
 * otherwise, all of it does.
 */
export class PlainWire implements Wire {
  readonly #socket: Socket & { readonly _handle?: WriteHandle | null }
  readonly #requests: WriteRequests
  readonly #drained: () => void
  /** The system has not taken all of a write of ours. */
  #pending = false
  #ended = false

  constructor(socket: Socket, { requests, drained }: PlainWireOptions) {
    this.#socket = socket
    this.#requests = requests
    this.#drained = drained
  }

  get writable(): boolean {
    return this.#socket.writable
  }

  get writableEnded(): boolean {
    return this.#socket.writableEnded
  }

  get writableLength(): number {
    const { writableLength } = this.#socket
    if (!this.#pending) return writableLength
    return Math.max(writableLength, this.#socket._handle?.writeQueueSize ?? 0)
  }

  get writableNeedDrain(): boolean {
    return this.#pending || this.#socket.writableNeedDrain
  }

  get readableEnded(): boolean {
    return this.#socket.readableEnded
  }

  get destroyed(): boolean {
    return this.#socket.destroyed
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress
  }

  get localPort(): number | undefined {
    return this.#socket.localPort
  }

  write(bytes: Buffer): boolean {
    const socket = this.#socket
    const { spare } = this.#requests
    if (spare === undefined) return this.#writeAndLearn(bytes)
    const { _handle: handle } = socket
    // Until it is connected there is nothing that could take a write but the stream.
    const waits = this.#pending || this.#ended || socket.connecting || socket.writableLength > 0
    if (waits || handle === null || handle === undefined) return socket.write(bytes)
    const fault = handle.writeBuffer(spare, bytes)
    if (fault === 0 && handle.writeQueueSize === 0) return true
    if (fault === 0) return this.#wait(spare, bytes)
    socket.destroy(writeError(fault))
    return true
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#ended = true
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  destroySoon(): void {
    this.#ended = true
    this.#socket.destroySoon()
  }

  once(event: 'close', listener: () => void): void {
    this.#socket.once(event, listener)
  }

  #writeAndLearn(bytes: Buffer): boolean {
    const handle = writeHandleOf(this.#socket)
    if (handle !== undefined) this.#requests.learn(handle)
    return this.#socket.write(bytes)
  }

  /** Always false: the system takes no more for now. */
  #wait(request: WriteRequest, bytes: Buffer): boolean {
    this.#requests.spent()
    this.#pending = true
    request.buffer = bytes
    request.oncomplete = (status) => {
      this.#pending = false
      if (this.#socket.destroyed) return
      if (status === 0) this.#drained()
      else this.#socket.destroy(writeError(status))
    }
    return false
  }
}

/** What node would have told of a write of its own that failed so. */
function writeError(errno: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(errno)
  return Object.assign(new Error(`write ${code}`), { errno, code, syscall: 'write' })
}

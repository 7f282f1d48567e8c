import type { Socket } from 'node:net'

/** What node hands to the system with the bytes of one write. */
export interface WriteRequest {
  /** Called when a write that could not be finished at once is over; not 0: why it failed. */
  oncomplete?: (status: number) => void
  /** Keeps the bytes of an unfinished write from being collected. */
  buffer?: Buffer
}

/** The system's side of a socket, as node keeps it. */
export interface WriteHandle {
  /** Octets that the system has not taken yet. */
  readonly writeQueueSize: number
  /** Sends what the system takes at once and queues the rest; not 0: why it failed. */
  writeBuffer(request: WriteRequest, bytes: Buffer): number
}

/** Undefined where the socket has none (it is closed), or this node keeps it otherwise. */
export function writeHandleOf(socket: Socket): WriteHandle | undefined {
  const { _handle: handle } = socket as Socket & { readonly _handle?: Partial<WriteHandle> | null }
  if (typeof handle?.writeBuffer !== 'function' || typeof handle.writeQueueSize !== 'number') return undefined
  return handle as WriteHandle
}

/**
 * Makes requests of the class that node uses and does not export: it is seen on the first write that node makes itself.
 * One request serves for all writes that are finished at once, since nothing is kept of it then.
 */
export class WriteRequests {
  #class: (new () => WriteRequest) | undefined
  #spare: WriteRequest | undefined

  /** Undefined until node was seen to make one. */
  get spare(): WriteRequest | undefined {
    if (this.#spare === undefined && this.#class !== undefined) this.#spare = new this.#class()
    return this.#spare
  }

  /** The spare one is in use until its write is over. */
  spent(): void {
    this.#spare = undefined
  }

  /** Looks at the next write that node makes by this handle. */
  learn(handle: WriteHandle): void {
    handle.writeBuffer = (request, bytes) => {
      // What is left is the method of its class.
      Reflect.deleteProperty(handle, 'writeBuffer')
      const made: unknown = request.constructor
      if (typeof made === 'function' && made !== Object) this.#class ??= made as new () => WriteRequest
      return handle.writeBuffer(request, bytes)
    }
  }
}

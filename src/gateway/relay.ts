import type { Socket } from 'node:net'

import type { FrameTracker } from './websocket-frames.ts'

export interface RelaySource {
  readonly from: Socket
  readonly to: Socket
  /** Bytes that were read from `from` already. */
  readonly first: Buffer
  /** Knows where frames end; absent for protocols that are not known. */
  readonly tracker: FrameTracker | undefined
}

export interface Relay {
  /** True once `last` has been sent; false while a frame is still under way. */
  readonly stopped: () => boolean
  /** Sends `last` where the frame that is under way ends, then ends `to`; what else comes is read and dropped. */
  stop(last: Buffer): void
}

/** Passes bytes one way, no faster than they are taken. */
export function relay({ from, to, first, tracker }: RelaySource): Relay {
  let last: Buffer | undefined
  let stopped = false

  const finish = (): void => {
    stopped = true
    if (last !== undefined && to.writable) to.write(last)
    if (!to.writableEnded) to.end()
    from.resume()
  }
  const pass = (bytes: Buffer): void => {
    if (stopped) return
    const taken = tracker?.consume(bytes, last !== undefined) ?? bytes.length
    if (taken > 0 && to.writable && !to.write(taken === bytes.length ? bytes : bytes.subarray(0, taken))) from.pause()
    if (last !== undefined && tracker?.atBoundary !== false) finish()
  }
  to.on('drain', () => from.resume())
  from.on('data', pass)
  from.once('end', () => {
    if (!stopped && !to.writableEnded) to.end()
  })
  if (first.length > 0) pass(first)
  from.resume()
  return {
    stopped: () => stopped,
    stop: (bytes) => {
      last = bytes
      if (tracker?.atBoundary !== false) finish()
    },
  }
}

import type { FrameTracker } from './websocket-frames.ts'
import type { Wire } from '../support/wire/wire.ts'

/** One direction of an upgraded connection: passes bytes no faster than they are taken. */
export class Relay {
  readonly #to: Wire
  /** Knows where frames end; absent for protocols that are not known. */
  readonly #tracker: FrameTracker | undefined
  #last: Buffer | undefined
  #stopped = false

  constructor(to: Wire, tracker: FrameTracker | undefined) {
    this.#to = to
    this.#tracker = tracker
  }

  /** `last` has been sent, and what comes now is dropped; false while a frame is still under way. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** The receiver takes no more for now. */
  get congested(): boolean {
    return this.#to.writableNeedDrain && this.#to.writableLength > 0
  }

  pass(bytes: Buffer): void {
    if (this.#stopped) return
    const taken = this.#tracker?.consume(bytes, this.#last !== undefined) ?? bytes.length
    if (taken > 0 && this.#to.writable) this.#to.write(taken === bytes.length ? bytes : bytes.subarray(0, taken))
    if (this.#last !== undefined && this.#tracker?.atBoundary !== false) this.#finish(this.#last)
  }

  /** The sender has ended. */
  end(): void {
    if (!this.#stopped && !this.#to.writableEnded) this.#to.end()
  }

  /** Sends `last` where the frame that is under way ends, and ends. */
  stop(last: Buffer): void {
    this.#last = last
    if (this.#tracker?.atBoundary !== false) this.#finish(last)
  }

  #finish(last: Buffer): void {
    this.#stopped = true
    if (this.#to.writable) this.#to.write(last)
    if (!this.#to.writableEnded) this.#to.end()
  }
}

/**
 * Tells whether a text/event-stream stands between two events: its last bytes are an empty line, in any of the three
 * line endings (WHATWG HTML section 9.2.5).
 */
export class EventBoundary {
  #tail = '\n\n'

  get atBoundary(): boolean {
    return /(\n\n|\r\r|\r\n\r\n)$/.test(this.#tail)
  }

  consume(bytes: Uint8Array): void {
    this.#tail = (this.#tail + Buffer.from(bytes.subarray(-4)).toString('latin1')).slice(-4)
  }
}

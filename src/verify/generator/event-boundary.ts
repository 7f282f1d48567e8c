/** Longest end of an event: two line breaks of CRLF. */
const kept = 4

/**
 * Follows a stream of server-sent events (WHATWG HTML, section "Server-sent events"): whether it stands between two
 * events, where it may end without a loss, and how many there were. A byte order mark and comments count as part of an event.
 */
export class EventBoundary {
  #tail = ''
  #clean = true
  #events = 0

  get clean(): boolean {
    return this.#clean
  }

  get events(): number {
    return this.#events
  }

  take(bytes: Buffer): void {
    for (const character of bytes.toString('latin1')) {
      this.#tail = (this.#tail + character).slice(-kept)
      // A LF after a CRLF pair or CR pair still belongs to the end of the same event.
      const ended = /(\n\n|\r\r|\r\n\r\n|\n\r\n)$/.test(this.#tail)
      if (ended && !this.#clean) this.#events++
      if (ended || character !== '\n' || !this.#clean) this.#clean = ended
    }
  }
}

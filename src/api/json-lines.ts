import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** A client that reads this much more slowly than it is told is let go, in bytes. */
const backlogBytes = 16 * 1024 * 1024

/** An answer of one JSON value a line, until the client goes or `end`. */
export class JsonLines {
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    const gone = new AbortController()
    this.gone = gone.signal
    this.#response = response
    response.on('close', () => gone.abort())
    // A write to a client that goes at that moment is told by `close` as well.
    response.on('error', () => gone.abort())
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' }).flushHeaders()
  }

  write(value: unknown): void {
    if (this.gone.aborted) return
    this.#response.write(`${JSON.stringify(value)}\n`)
    if (this.#response.writableLength > backlogBytes) this.#response.destroy()
  }

  /** As `write`, at the client's pace. Resolves as well when the client goes. */
  async paced(value: unknown): Promise<void> {
    if (this.gone.aborted || this.#response.write(`${JSON.stringify(value)}\n`)) return
    await once(this.#response, 'drain', { signal: this.gone }).catch(() => undefined)
  }

  end(): void {
    this.#response.end()
  }
}

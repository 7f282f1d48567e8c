import { connectionLines } from './connection-lines.ts'
import type { Exchange } from './exchange.ts'
import { chunkOf, lastChunk } from './recoding.ts'

/** An answer of the gateway's own that is written bit by bit. */
export class OwnStream {
  readonly #exchange: Exchange
  readonly #chunk: boolean

  constructor(exchange: Exchange, type: string) {
    this.#exchange = exchange
    this.#chunk = !exchange.old
    if (exchange.old) exchange.keepAlive = false
    exchange.countAnswer(200)
    const coding = this.#chunk ? 'Transfer-Encoding: chunked\r\n' : ''
    exchange.send(
      Buffer.from(
        `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${coding}Cache-Control: no-store\r\n` +
          `X-Content-Type-Options: nosniff\r\n${connectionLines(exchange)}\r\n`,
      ),
    )
  }

  write(text: string): void {
    const bytes = Buffer.from(text)
    this.#exchange.send(this.#chunk ? chunkOf(bytes, 0, bytes.length) : bytes)
  }

  end(last = ''): void {
    if (last !== '') this.write(last)
    if (this.#chunk) this.#exchange.send(lastChunk)
    this.#exchange.end()
  }
}

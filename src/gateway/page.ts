import { PassThrough, type Readable } from 'node:stream'

import type { Outflow } from './answer-reader.ts'
import { appendTo, type Appending } from './browser/append.ts'
import type { Exchange } from './exchange.ts'
import { chunkOf, lastChunk } from './recoding.ts'

/** The body of a page on its way through the streams that put the reload client in. */
export class Page implements Outflow {
  readonly #exchange: Exchange
  readonly #input = new PassThrough()
  readonly #output: Readable

  constructor(exchange: Exchange, appending: Appending, chunk: boolean) {
    this.#exchange = exchange
    this.#output = appendTo(this.#input, appending)
    this.#input.on('drain', () => exchange.upstream?.resume())
    this.#output.on('data', (data: Buffer) => {
      // An empty chunk would be the last one.
      if (data.length > 0 && !exchange.send(chunk ? chunkOf(data, 0, data.length) : data)) this.#output.pause()
    })
    this.#output.once('error', () => exchange.cut())
    this.#output.once('end', () => {
      if (chunk) exchange.send(lastChunk)
      exchange.end()
    })
    exchange.source = { resume: () => this.#output.resume() }
    exchange.gone = () => this.#input.destroy()
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (!this.#input.write(Buffer.from(bytes.subarray(start, end)))) this.#exchange.upstream?.pause()
  }

  end(): void {
    this.#exchange.release()
    this.#input.end()
  }
}

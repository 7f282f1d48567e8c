import type { Socket } from 'node:net'
import { errnoOf } from '../../support/files.ts'
import { PlainWire } from '../../support/wire/plain-wire.ts'
import type { Wire } from '../../support/wire/wire.ts'
import type { WriteRequests } from '../../support/wire/write-requests.ts'
import { type Outcome, outcomeOf } from '../outcome.ts'
import type { Target } from '../plan.ts'
import { AnswerReader } from './answer.ts'
import { dial } from './dial.ts'
import { type Exchange, isExpected, type Settle } from './exchange.ts'
import type { HeadParser } from './head.ts'
import { sendUpload } from './upload.ts'

export interface ConnectionOptions {
  readonly target: Target
  readonly heads: HeadParser
  readonly memory: Buffer
  readonly requests: WriteRequests
  readonly onSettled: Settle
  /** The answer came, and the next request may be sent. */
  readonly onFree: (connection: Connection) => void
  /** It has ended, whoever ended it. */
  readonly onClosed: (connection: Connection) => void
}

/** A load does not wait for what it has written. */
const drained = (): void => undefined

/** Longest body that is kept to look for an expected text in, in bytes. */
const keptBody = 256 * 1024

/** A connection that carries one request at a time. Nothing is ever sent again. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #wire: Wire
  readonly #reader: AnswerReader
  #exchange: Exchange | undefined
  #open = true
  #answered = 0
  #uploading: (() => void) | undefined
  #body = ''
  #error: string | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#reader = new AnswerReader(options.heads)
    this.#socket = dial(options.target, options.memory, this.#take)
    this.#wire = options.target.tls
      ? this.#socket
      : new PlainWire(this.#socket, { requests: options.requests, drained })
    this.#socket.on('error', (error) => {
      this.#open = false
      this.#error = errnoOf(error) ?? 'unknown'
    })
    this.#socket.on('end', this.#ended)
    this.#socket.on('close', this.#closed)
  }

  get exchange(): Exchange | undefined {
    return this.#exchange
  }

  /** Whether a request may still be sent: nobody has ended it as far as is known. */
  get open(): boolean {
    return this.#open
  }

  /** Sends a request; the connection must be free. */
  send(exchange: Exchange): void {
    const { asked } = exchange
    this.#exchange = exchange
    this.#body = ''
    this.#reader.expect(asked.method === 'HEAD', asked.expectText === undefined ? undefined : this.#keep)
    exchange.text.send(this.#wire, exchange.n, exchange.fresh)
    if (asked.body.kind !== 'upload') return
    this.#uploading = sendUpload(this.#socket, asked.body, () => {
      this.#uploading = undefined
    })
  }

  /** Gives up what is on its way, and the connection with it. */
  abandon(outcome: Outcome): void {
    this.#settle(outcome)
    this.#destroy()
  }

  #destroy(): void {
    this.#open = false
    this.#socket.destroy()
  }

  readonly #keep = (bytes: Buffer): void => {
    if (this.#body.length < keptBody) this.#body += bytes.toString('latin1')
  }

  readonly #take = (bytes: Buffer, length: number): void => {
    if (this.#exchange === undefined) {
      // An answer that nobody asked for: a server says so before it closes an idle connection (408), and it is no loss.
      this.#destroy()
      return
    }
    const used = this.#reader.read(bytes, length)
    if (this.#reader.state === 'reading') return
    if (this.#reader.state !== 'done') return this.abandon('malformed')
    const keeps = this.#reader.head?.keeps === true && used === length && !this.#exchange.fresh
    const early = this.#uploading !== undefined
    this.#answered++
    this.#settle(this.#judge())
    if (keeps && !early) this.#options.onFree(this)
    else this.#destroy()
  }

  readonly #ended = (): void => {
    this.#open = false
    if (this.#exchange === undefined) return
    if (this.#reader.end()) this.#settle(this.#judge())
    else this.#settle(this.#reader.bytes > 0 ? 'cut' : this.#answered > 0 ? 'stale' : 'reset')
  }

  readonly #closed = (): void => {
    this.#open = false
    const place = { reused: this.#answered > 0, answering: this.#reader.bytes > 0 }
    if (this.#exchange !== undefined) this.#settle(outcomeOf(this.#error, place))
    this.#options.onClosed(this)
  }

  #judge(): Outcome {
    const asked = this.#exchange?.asked
    if (asked === undefined || !isExpected(asked, this.#reader.head?.status ?? 0)) return 'status'
    if (asked.expectText === undefined) return 'ok'
    return Buffer.from(this.#body, 'latin1').includes(asked.expectText) ? 'ok' : 'content'
  }

  #settle(outcome: Outcome): void {
    const exchange = this.#exchange
    if (exchange === undefined) return
    this.#exchange = undefined
    this.#uploading?.()
    this.#uploading = undefined
    const { head, bytes } = this.#reader
    this.#options.onSettled(exchange, outcome, head, bytes)
  }
}

import type { Socket } from 'node:net'
import type { LoadStep } from '../../model/verify.ts'
import { errnoOf } from '../../support/files.ts'
import { type Outcome, outcomeOf } from '../outcome.ts'
import type { Target } from '../plan.ts'
import { AnswerReader } from './answer.ts'
import { dial } from './dial.ts'
import { EventBoundary } from './event-boundary.ts'
import { isExpected } from './exchange.ts'
import type { AnswerHead, HeadParser } from './head.ts'
import { WebSocketTalk } from './websocket-talk.ts'

/** How a stream ended. */
export interface StreamEnd {
  /**
   * `ok`: opened, and ended between two events or with a close frame; by the server, or by us at the end of the run. Where
   * messages need answers, all had one, or the server asked to come back (close codes 1001 and 1012). `content`: an answer was
   * passed over; `timeout`: one did not come in time; `cut`: none will come.
   */
  readonly outcome: Outcome
  readonly head: AnswerHead | undefined
  readonly bytes: number
  /** Messages that we sent, and those of them that were answered. */
  readonly sent: number
  readonly answered: number
  /** When its head came, by `performance.now()`; undefined where none came. */
  readonly openedAt: number | undefined
}

export interface StreamOptions {
  readonly target: Target
  readonly heads: HeadParser
  readonly memory: Buffer
  readonly step: LoadStep
  /** The head of the request. */
  readonly text: string
  /** Of the handshake, for a WebSocket. */
  readonly key: string
  readonly onEnd: (end: StreamEnd) => void
}

/** One connection to an endless answer: server-sent events, or a WebSocket. */
export class Stream {
  readonly #options: StreamOptions
  readonly #socket: Socket
  readonly #reader: AnswerReader
  readonly #events = new EventBoundary()
  #talk: WebSocketTalk | undefined
  #bytes = 0
  #openedAt: number | undefined
  #error: string | undefined
  #over = false
  #hushed = false

  constructor(options: StreamOptions) {
    this.#options = options
    this.#reader = new AnswerReader(options.heads)
    this.#reader.expect(false, (bytes) => this.#events.take(bytes))
    this.#socket = dial(options.target, options.memory, this.#take)
    this.#socket.on('error', (error) => {
      this.#error = errnoOf(error) ?? 'unknown'
    })
    this.#socket.on('end', () => this.#finish(this.#judge()))
    this.#socket.on('close', () => this.#finish(this.#broken()))
    this.#socket.write(options.text, 'latin1')
  }

  get opened(): boolean {
    return this.#openedAt !== undefined
  }

  /** Whether it is open, and no message of ours needs an answer. */
  get quiet(): boolean {
    return this.opened && this.#talk?.waitingSince === undefined
  }

  /** Whether the service should have opened it by `now` (`performance.now()`), or answered a message. */
  isLate(now: number, startedAt: number): boolean {
    const since = this.opened ? (this.#talk?.waitingSince ?? Infinity) : startedAt
    return since + this.#options.step.timeoutMs <= now
  }

  /** Sends no more messages; answers may come. */
  hush(): void {
    this.#hushed = true
    this.#talk?.hush()
  }

  /** Ends it from our side, which is no fault of the service. */
  close(outcome: Outcome = this.quiet ? 'ok' : 'unfinished'): void {
    this.#finish(outcome)
    this.#talk?.close()
    this.#socket.destroySoon()
  }

  readonly #take = (memory: Buffer, length: number): void => {
    const bytes = memory.subarray(0, length)
    this.#bytes += length
    if (this.#talk !== undefined) return this.#listen(bytes)
    const used = this.#reader.read(bytes, length)
    const { head, state } = this.#reader
    if (state === 'malformed') return this.close('malformed')
    if (head === undefined) return
    if (this.#openedAt === undefined && !this.#begin(head)) return this.close('status')
    if (state === 'upgraded') {
      this.#talk = new WebSocketTalk(this.#socket, this.#hushed ? undefined : this.#options.step.messages)
      if (used < length) this.#listen(bytes.subarray(used))
    } else if (state === 'done') this.#finish(this.#judge())
  }

  #begin(head: AnswerHead): boolean {
    const { step, key } = this.#options
    const right =
      step.kind === 'websocket'
        ? head.status === 101 && head.accept === WebSocketTalk.acceptOf(key)
        : isExpected(step, head.status)
    if (right) this.#openedAt = performance.now()
    return right
  }

  #listen(bytes: Buffer): void {
    const outcome = this.#talk?.take(bytes)
    if (outcome !== undefined) this.close(outcome)
  }

  /** The other side has ended in good order. */
  #judge(): Outcome {
    if (this.#openedAt === undefined) return 'reset'
    if (this.#talk !== undefined || this.#options.step.kind === 'websocket') return 'cut'
    return this.#events.clean ? 'ok' : 'cut'
  }

  #broken(): Outcome {
    return outcomeOf(this.#error, { reused: false, answering: this.opened })
  }

  #finish(outcome: Outcome): void {
    if (this.#over) return
    this.#over = true
    this.#talk?.hush()
    const { sent = 0, answered = 0 } = this.#talk ?? {}
    const { head } = this.#reader
    if (outcome !== 'ok' || this.#talk === undefined) this.#socket.destroySoon()
    this.#options.onEnd({ outcome, head, bytes: this.#bytes, sent, answered, openedAt: this.#openedAt })
  }
}

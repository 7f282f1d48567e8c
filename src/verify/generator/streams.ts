import { randomBytes } from 'node:crypto'
import type { LoadStep } from '../../model/verify.ts'
import type { Plan } from '../plan.ts'
import type { HeadParser } from './head.ts'
import { RequestText } from './request-text.ts'
import { Stream, type StreamEnd } from './stream.ts'

/**
 * A stream that had been open for a while is opened again at once. One that could not be opened, or ended straight away, has
 * to wait: a server that answers and hangs up must not be flooded.
 */
const retryMs = 100

export interface StreamsOptions {
  readonly plan: Plan
  readonly step: LoadStep
  readonly heads: HeadParser
  readonly memory: Buffer
  /** The number of the next request; undefined where no more may be sent. */
  readonly next: () => number | undefined
  readonly onEnd: (n: number, startedAt: number, end: StreamEnd) => void
}

/** Keeps streams of one kind open: whatever ends is opened again, as clients do. */
export class Streams {
  readonly #options: StreamsOptions
  readonly #text: RequestText
  readonly #open = new Map<Stream, number>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #hushed = false
  #sent = 0
  #answered = 0

  constructor(options: StreamsOptions) {
    this.#options = options
    this.#text = new RequestText(options.step, options.plan)
  }

  get open(): number {
    return [...this.#open.keys()].filter(({ opened }) => opened).length
  }

  start(): void {
    for (let count = 0; count < this.#options.step.open; count++) this.#begin()
  }

  /** Messages sent over those that have ended, and those of them that were answered. */
  get messages(): { readonly sent: number; readonly answered: number } {
    return { sent: this.#sent, answered: this.#answered }
  }

  /** Whether all are open, and no message needs an answer. */
  get quiet(): boolean {
    return [...this.#open.keys()].every(({ quiet }) => quiet)
  }

  /** Gives up those that have not opened in time, or not answered a message. */
  expire(now: number): void {
    for (const [stream, startedAt] of this.#open) if (stream.isLate(now, startedAt)) stream.close('timeout')
  }

  /** Opens no more streams and sends no more messages; what is on its way may come. */
  hush(): void {
    this.#hushed = true
    for (const stream of this.#open.keys()) stream.hush()
  }

  close(): void {
    this.hush()
    for (const timer of this.#timers) clearTimeout(timer)
    for (const stream of this.#open.keys()) stream.close()
  }

  #begin(): void {
    const { plan, step, heads, memory, next, onEnd } = this.#options
    const n = this.#hushed ? undefined : next()
    if (n === undefined) return
    const key = randomBytes(16).toString('base64')
    const text = this.#text.of(n, false)
    const startedAt = performance.now()
    const stream: Stream = new Stream({
      target: plan.target,
      heads,
      memory,
      step,
      key,
      text: step.kind === 'websocket' ? text.replace('\r\n', `\r\nsec-websocket-key: ${key}\r\n`) : text,
      onEnd: (end) => {
        this.#open.delete(stream)
        this.#sent += end.sent
        this.#answered += end.answered
        onEnd(n, startedAt, end)
        this.#again(performance.now() - (end.openedAt ?? Infinity) >= retryMs ? 0 : retryMs)
      },
    })
    this.#open.set(stream, startedAt)
  }

  #again(ms: number): void {
    if (this.#hushed) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#begin()
    }, ms)
    this.#timers.add(timer)
  }
}

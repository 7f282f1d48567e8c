import { randomBytes } from 'node:crypto'
import type { LoadStep } from '../../model/verify.ts'
import type { Plan } from '../plan.ts'
import type { HeadParser } from './head.ts'
import { requestText } from './request-text.ts'
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
  readonly #text: (n: number, fresh: boolean) => string
  readonly #open = new Map<Stream, number>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #closed = false

  constructor(options: StreamsOptions) {
    this.#options = options
    this.#text = requestText(options.step, options.plan)
  }

  get open(): number {
    return [...this.#open.keys()].filter(({ opened }) => opened).length
  }

  start(): void {
    for (let count = 0; count < this.#options.step.open; count++) this.#begin()
  }

  /** Gives up those that have not opened in time. */
  expire(now: number): void {
    for (const [stream, startedAt] of this.#open) {
      if (!stream.opened && startedAt + this.#options.step.timeoutMs <= now) stream.close('timeout')
    }
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const stream of this.#open.keys()) stream.close()
  }

  #begin(): void {
    const { plan, step, heads, memory, next, onEnd } = this.#options
    const n = next()
    if (n === undefined) return
    const key = randomBytes(16).toString('base64')
    const text = this.#text(n, false)
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
        onEnd(n, startedAt, end)
        if (!this.#closed) this.#again(performance.now() - (end.openedAt ?? Infinity) >= retryMs ? 0 : retryMs)
      },
    })
    this.#open.set(stream, startedAt)
  }

  #again(ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#begin()
    }, ms)
    this.#timers.add(timer)
  }
}

import type { Plan } from '../plan.ts'
import type { StreamEnd } from './stream.ts'
import { Streams, type StreamsOptions } from './streams.ts'

/** Messages over the WebSockets of a step, given by its index. */
export interface MessageCount {
  readonly step: number
  readonly sent: number
  readonly answered: number
}

export interface StreamStepsOptions extends Pick<StreamsOptions, 'heads' | 'memory' | 'next'> {
  readonly onEnd: (step: number, n: number, startedAt: number, end: StreamEnd) => void
}

/** The streams of all steps of a plan. */
export class StreamSteps {
  readonly #plan: Plan
  readonly #steps: readonly { readonly step: number; readonly streams: Streams }[]

  constructor(plan: Plan, { onEnd, ...options }: StreamStepsOptions) {
    this.#plan = plan
    this.#steps = plan.steps.flatMap((each, step) => {
      if (each.open === 0) return []
      const ended: StreamsOptions['onEnd'] = (n, startedAt, end) => onEnd(step, n, startedAt, end)
      return [{ step, streams: new Streams({ ...options, plan, step: each, onEnd: ended }) }]
    })
  }

  /** How many are open now. */
  get open(): number {
    return this.#steps.reduce((sum, { streams }) => sum + streams.open, 0)
  }

  /** Whether none is on its way to be opened, and no message needs an answer. */
  get quiet(): boolean {
    return this.#steps.every(({ streams }) => streams.quiet)
  }

  /** Messages of the steps that send any, over streams that have ended. */
  get messages(): readonly MessageCount[] {
    return this.#steps.flatMap(({ step, streams }) => {
      return this.#plan.steps[step]?.messages === undefined ? [] : [{ step, ...streams.messages }]
    })
  }

  start(): void {
    for (const { streams } of this.#steps) streams.start()
  }

  /** Gives up what is late by `now`, a time of `performance.now()`. */
  expire(now: number): void {
    for (const { streams } of this.#steps) streams.expire(now)
  }

  /** Opens no more and sends no more messages; what is on its way may come. */
  hush(): void {
    for (const { streams } of this.#steps) streams.hush()
  }

  close(): void {
    for (const { streams } of this.#steps) streams.close()
  }
}

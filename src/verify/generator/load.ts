import { performance } from 'node:perf_hooks'
import type { Plan } from '../plan.ts'
import { WriteRequests } from '../../support/wire/write-requests.ts'
import { Schedule } from '../schedule.ts'
import { type Sample, SampleWriter } from '../samples.ts'
import { readMemory } from './dial.ts'
import { Exchange, type Settle } from './exchange.ts'
import { HeadParser } from './head.ts'
import { mixOf, shareOf } from './mix.ts'
import { Pool } from './pool.ts'
import { RequestText } from './request-text.ts'
import { type MessageCount, StreamSteps, type StreamStepsOptions } from './stream-steps.ts'

/** How often deadlines are looked at. */
const sweepMs = 50

/** A delay of the generator's own from which on it is told one by one. */
const stallMs = 20

/** A stretch in which the generator could not do its work. Times in ms since the begin. */
export interface Stall {
  readonly atMs: number
  readonly ms: number
}

/** Sends what a plan says, and tells how it went. One per process: it wants the event loop for itself. */
export class Load {
  readonly #plan: Plan
  readonly #schedule: Schedule | undefined
  readonly #pool: Pool
  readonly #streams: StreamSteps
  readonly #texts: readonly RequestText[]
  /** By step: those that are over. */
  readonly #spare: readonly Exchange[][]
  readonly #pick: (() => number) | undefined
  readonly #isFresh: () => boolean
  readonly #writer = new SampleWriter()
  readonly #stalls: Stall[] = []
  readonly #onWhole: () => void
  #began = 0
  #next = 0
  /** Of scheduled requests; streams take numbers too. */
  #scheduled = 0
  #pending = 0
  /** When the last exchange was settled. */
  #answeredMs = 0
  #timer: NodeJS.Timeout | undefined
  #sweeper: NodeJS.Timeout | undefined
  #stopped: (() => void) | undefined
  #sending = false
  #haltedAt: number | undefined

  /** `onWhole` is called when a batch of samples is whole. */
  constructor(plan: Plan, onWhole: () => void) {
    const heads = new HeadParser(plan.releaseHeader)
    const memory = readMemory()
    const closed = plan.pace.kind === 'closed'
    this.#plan = plan
    this.#onWhole = onWhole
    this.#schedule = plan.pace.kind === 'open' ? new Schedule(plan.pace.segments) : undefined
    this.#pool = new Pool(
      { target: plan.target, heads, memory, requests: new WriteRequests(), onSettled: this.#settled },
      plan.connections,
      closed ? this.#refill : undefined,
    )
    this.#texts = plan.steps.map((step) => new RequestText(step, plan))
    this.#spare = plan.steps.map(() => [])
    this.#pick = mixOf(plan.steps.map(({ weight }) => weight))
    this.#isFresh = shareOf(plan.newConnections)
    this.#streams = new StreamSteps(plan, { heads, memory, next: this.#number, onEnd: this.#streamEnded })
  }

  /** Wall clock of the begin (ms of the epoch), to which all times relate. */
  get beganAt(): number {
    return performance.timeOrigin + this.#began
  }

  /** How long it has been sending, in ms. */
  get sendingMs(): number {
    return (this.#haltedAt ?? performance.now()) - this.#began
  }

  get stalls(): readonly Stall[] {
    return this.#stalls
  }

  get connections(): number {
    return this.#pool.opened
  }

  get inFlight(): number {
    return this.#pool.inFlight
  }

  get openStreams(): number {
    return this.#streams.open
  }

  get messages(): readonly MessageCount[] {
    return this.#streams.messages
  }

  get samples(): SampleWriter {
    return this.#writer
  }

  /**
   * Sends until the plan is done or `stop` is aborted, then waits for what is on its way as long as its deadlines say; an
   * abort of `now` ends that, too.
   */
  async run(stop: AbortSignal, now: AbortSignal): Promise<void> {
    this.#pool.fill()
    this.#began = performance.now()
    this.#sending = true
    this.#sweeper = setInterval(() => this.#sweep(), sweepMs)
    await new Promise<void>((resolve) => {
      this.#stopped = resolve
      stop.addEventListener('abort', this.#halt, { once: true })
      now.addEventListener('abort', this.#cut, { once: true })
      this.#streams.start()
      this.#tick()
      this.#refill(false)
      if (stop.aborted) this.#halt()
      if (now.aborted) this.#cut()
    })
    stop.removeEventListener('abort', this.#halt)
    now.removeEventListener('abort', this.#cut)
    clearInterval(this.#sweeper)
  }

  readonly #number = (): number | undefined => {
    if (this.#next < this.#plan.maxRequests) return this.#next++
    this.#halt()
    return undefined
  }

  readonly #tick = (): void => {
    if (this.#schedule === undefined || !this.#sending) return
    for (;;) {
      const now = performance.now() - this.#began
      const dueMs = this.#schedule.at(this.#scheduled)
      if (dueMs === Infinity && now >= this.#schedule.durationMs) return this.#halt()
      const waitMs = Math.min(dueMs, this.#schedule.durationMs) - now
      if (waitMs > 0) {
        this.#timer = setTimeout(this.#tick, waitMs)
        return
      }
      if (dueMs === Infinity) continue
      if (this.#next >= this.#plan.maxRequests) return this.#halt()
      this.#scheduled++
      if (-waitMs >= stallMs) this.#stalled(now, -waitMs)
      this.#send(dueMs, now)
      if (!this.#sending) return
    }
  }

  /** Gives every idle connection something to do, where nobody waits for a schedule. */
  readonly #refill = (answered: boolean): void => {
    const { pace, connections, maxRequests } = this.#plan
    while (pace.kind === 'closed' && this.#sending && this.#pending < connections) {
      // A look at the clock is a part of what a request costs here that can be measured.
      const now = answered ? this.#answeredMs : performance.now() - this.#began
      if (now >= pace.durationMs || this.#next >= maxRequests) return this.#halt()
      this.#send(now, now)
    }
  }

  #stalled(now: number, ms: number): void {
    const last = this.#stalls.at(-1)
    // All that became due during one stall is sent after it, the oldest first: that one tells its length.
    if (last === undefined || now - ms > last.atMs + last.ms) this.#stalls.push({ atMs: now - ms, ms })
  }

  #send(intendedMs: number, now: number): void {
    const exchange = this.#exchangeOf(this.#pick?.() ?? -1)
    if (exchange === undefined) return this.#halt()
    exchange.n = this.#next++
    exchange.fresh = this.#isFresh()
    exchange.intendedMs = intendedMs
    exchange.ownMs = now - intendedMs
    exchange.deadline = this.#began + now + exchange.asked.timeoutMs
    this.#pending++
    this.#pool.send(exchange)
  }

  #exchangeOf(step: number): Exchange | undefined {
    const spare = this.#spare[step]?.pop()
    if (spare !== undefined) return spare
    const asked = this.#plan.steps[step]
    const text = this.#texts[step]
    return asked === undefined || text === undefined ? undefined : new Exchange(step, asked, text)
  }

  readonly #settled: Settle = (exchange, outcome, head, bytes) => {
    this.#pending--
    this.#answeredMs = performance.now() - this.#began
    exchange.endedMs = this.#answeredMs
    exchange.latencyMs = exchange.endedMs - exchange.intendedMs - exchange.ownMs
    exchange.outcome = outcome
    exchange.status = head === undefined ? 0 : head.status
    exchange.release = head === undefined ? '' : head.release
    exchange.bytes = bytes
    this.#record(exchange)
    this.#spare[exchange.step]?.push(exchange)
  }

  readonly #streamEnded: StreamStepsOptions['onEnd'] = (step, n, startedAt, { outcome, head, bytes, openedAt }) => {
    const endedMs = performance.now() - this.#began
    const intendedMs = startedAt - this.#began
    const latencyMs = openedAt === undefined ? endedMs - intendedMs : openedAt - startedAt
    const { status = 0, release = '' } = head ?? {}
    this.#record({ n, step, outcome, status, release, fresh: true, intendedMs, ownMs: 0, latencyMs, endedMs, bytes })
  }

  #record(sample: Sample): void {
    const { whole } = this.#writer
    this.#writer.add(sample)
    if (this.#writer.whole > whole) this.#onWhole()
    if (this.#done) this.#finish()
  }

  /** Whether nothing is sent any more, and all that was sent has its answer. */
  get #done(): boolean {
    return !this.#sending && this.#pending === 0 && this.#streams.quiet
  }

  #sweep(): void {
    const now = performance.now()
    this.#pool.expire(now)
    this.#streams.expire(now)
    const { pace } = this.#plan
    if (pace.kind === 'closed' && this.#sending && now - this.#began >= pace.durationMs) this.#halt()
    if (this.#done) this.#finish()
  }

  readonly #halt = (): void => {
    if (!this.#sending) return
    this.#sending = false
    this.#haltedAt = performance.now()
    clearTimeout(this.#timer)
    this.#streams.hush()
    if (this.#done) this.#finish()
  }

  readonly #cut = (): void => {
    this.#halt()
    this.#finish()
  }

  #finish(): void {
    const stopped = this.#stopped
    this.#stopped = undefined
    if (stopped === undefined) return
    this.#streams.close()
    this.#pool.close()
    stopped()
  }
}

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

import { ReportedError } from '../../support/errors.ts'
import { followLines } from './lines.ts'
import type { Calls, Tiding, Verb } from './messages.ts'

/** The worker has ended, or hung up: it has done what it did. */
export class WorkerGone extends Error {
  constructor() {
    super('the gateway worker is gone')
    this.name = 'WorkerGone'
  }
}

/** A worker that answers nothing for so long is stuck, and serves nobody. */
const answerMs = 30_000

/** These take as long as requests do. */
const patient: ReadonlySet<Verb> = new Set<Verb>(['drain', 'close'])

interface Call {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  readonly timer: NodeJS.Timeout | undefined
}

/** A control's connection to one worker. */
export class Link {
  /** Resolves when nothing more will be heard. */
  readonly closed: Promise<void>
  /** It has not answered for so long that it was hung up on. */
  stuck = false
  readonly #socket: Socket
  readonly #calls = new Map<number, Call>()
  #count = 0

  /** `heard` is told what the worker says of its own accord. */
  constructor(socket: Socket, heard: (tiding: Extract<Tiding, { tell: string }>) => void) {
    this.#socket = socket
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        for (const { reject, timer } of this.#calls.values()) {
          clearTimeout(timer)
          reject(new WorkerGone())
        }
        this.#calls.clear()
        resolve()
      })
    })
    followLines(socket, (line) => {
      const tiding = JSON.parse(line) as Tiding
      if ('tell' in tiding) heard(tiding)
      else this.#settle(tiding)
    })
  }

  /**
   * Asks, and resolves with the answer. An abort, of a drain only, is passed on, and the answer is still waited for.
   * @throws WorkerGone, or what the worker reports (ReportedError)
   */
  async call<V extends Verb>(verb: V, ask: Calls[V]['ask'], signal?: AbortSignal): Promise<Calls[V]['answer']> {
    if (!this.#socket.writable) throw new WorkerGone()
    const id = ++this.#count
    const answered = new Promise<unknown>((resolve, reject) => {
      const late = patient.has(verb) ? undefined : setTimeout(() => this.#giveUp(), answerMs).unref()
      this.#calls.set(id, { resolve, reject, timer: late })
    })
    this.#socket.write(`${JSON.stringify({ ...ask, id, verb })}\n`)
    const abort = (): void => void this.call('abort', { of: id }).catch(() => undefined)
    if (signal?.aborted === true) abort()
    signal?.addEventListener('abort', abort)
    try {
      return (await answered) as Calls[V]['answer']
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Hangs up; the worker goes on. */
  leave(): void {
    this.#socket.destroy()
  }

  #giveUp(): void {
    this.stuck = true
    this.#socket.destroy()
  }

  #settle(tiding: Exclude<Tiding, { tell: string }>): void {
    const call = this.#calls.get(tiding.id)
    if (call === undefined) return
    this.#calls.delete(tiding.id)
    clearTimeout(call.timer)
    if ('error' in tiding) call.reject(new ReportedError(tiding.error))
    else call.resolve(tiding.ok)
  }
}

const retryMs = 10

/** Connects to a worker's socket, and tries again as long as `worthwhile` says so. @throws the system's error, or the signal's reason */
export async function connectWorker(
  path: string,
  worthwhile: () => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<Socket> {
  for (;;) {
    signal.throwIfAborted()
    const socket = connect(path)
    try {
      await once(socket, 'connect', { signal })
      return socket
    } catch (error) {
      socket.destroy()
      if (signal.aborted || !(await worthwhile())) throw error
      await pause(retryMs, undefined, { signal })
    }
  }
}

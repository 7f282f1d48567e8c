import { Worker } from 'node:worker_threads'

import type { Exit } from '../../model/instance.ts'
import type { Instance, StartSpec, StopResult, SuperviseContext } from '../instance.ts'
import { keepTail, tailBytes } from '../tail.ts'
import { unpack } from './carried-error.ts'
import type { Answers, Asked, Told } from './messages.ts'

type Question<K extends keyof Answers> = Omit<Extract<Asked, { readonly kind: K }>, 'call'>

interface Call {
  readonly cut: AbortSignal | undefined
  readonly resolve: (value: Answers[keyof Answers]) => void
  readonly reject: (error: unknown) => void
}

interface Followed extends Pick<SuperviseContext, 'started' | 'output'> {
  readonly exited: (exit: Exit) => void
}

/**
 * A thread that starts and stops instances, so that the one of the gateway neither forks (which stops a process for longer the
 * more memory it has), nor reads /proc, nor probes. A fault in it is an uncaught error of this process.
 */
export class StartThread implements AsyncDisposable {
  readonly #worker: Worker
  readonly #calls = new Map<number, Call>()
  readonly #followed = new Map<number, Followed>()
  #last = 0

  constructor() {
    this.#worker = new Worker(new URL('../../../bin/start-thread.js', import.meta.url), { execArgv: [] })
    this.#worker.on('message', (told: Told) => this.#hear(told))
    // Whoever waits for an instance has more that keeps the process alive than this.
    this.#worker.unref()
  }

  /** As `start` of `supervise/start`. */
  async start(spec: StartSpec, context: SuperviseContext, signal: AbortSignal): Promise<Instance> {
    signal.throwIfAborted()
    const { id, release } = spec
    const { processes, started } = context
    const number = ++this.#last
    const tail = keepTail(tailBytes)
    let exit: (how: Exit) => void = () => undefined
    const exited = new Promise<Exit>((resolve) => (exit = resolve))
    this.#followed.set(number, {
      started,
      output: (pid, stream, line) => {
        tail.push(line)
        context.output(pid, stream, line)
      },
      exited: exit,
    })
    try {
      const facts = await this.#ask<'start'>(number, { kind: 'start', spec, processes }, signal)
      return {
        id,
        release,
        ...facts,
        exited,
        lastOutput: tail.text,
        ports: () => this.#ask<'ports'>(++this.#last, { kind: 'ports', instance: number }),
        stop: this.#stopOnce(number),
      }
    } catch (error) {
      this.#followed.delete(number)
      throw error
    }
  }

  /** All instances should have been stopped before: what is left of them is nobody's any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #stopOnce(instance: number): Instance['stop'] {
    const force = new AbortController()
    let ending: Promise<StopResult> | undefined
    const end = async (): Promise<StopResult> => {
      const result = await this.#ask<'stop'>(++this.#last, { kind: 'stop', instance }, force.signal)
      this.#followed.delete(instance)
      return result
    }
    return async (now) => {
      const hurry = (): void => force.abort()
      if (now?.aborted === true) hurry()
      now?.addEventListener('abort', hurry)
      try {
        return await (ending ??= end())
      } finally {
        now?.removeEventListener('abort', hurry)
      }
    }
  }

  async #ask<K extends keyof Answers>(call: number, question: Question<K>, cut?: AbortSignal): Promise<Answers[K]> {
    const tellCut = (): void => this.#post({ kind: 'cut', call })
    try {
      return await new Promise<Answers[K]>((resolve, reject) => {
        // Which answer belongs to which question is the other side's word; nothing else is checked at run time.
        this.#calls.set(call, { cut, resolve: resolve as Call['resolve'], reject })
        this.#post({ ...question, call } as Asked)
        if (cut?.aborted === true) tellCut()
        cut?.addEventListener('abort', tellCut)
      })
    } finally {
      this.#calls.delete(call)
      cut?.removeEventListener('abort', tellCut)
    }
  }

  #post(asked: Asked): void {
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window and has no origin
    this.#worker.postMessage(asked)
  }

  #hear(told: Told): void {
    switch (told.kind) {
      case 'started':
        return this.#followed.get(told.instance)?.started(told.pid, told.port)
      case 'output':
        for (const { pid, stream, line } of told.lines) this.#followed.get(told.instance)?.output(pid, stream, line)
        return
      case 'exited':
        return this.#followed.get(told.instance)?.exited(told.exit)
      case 'answer':
        return this.#calls.get(told.call)?.resolve(told.value)
      case 'failure': {
        const call = this.#calls.get(told.call)
        return call?.reject(unpack(told.error, call.cut))
      }
    }
  }
}

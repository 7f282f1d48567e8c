import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Exit } from '../../model/instance.ts'
import type { Instance, StartSpec, StopResult, SuperviseContext } from '../instance.ts'
import { reapOne } from '../reap.ts'
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

/** By which the entry of an instance is found in the journal, where there is no helper any more to stop it. */
interface Entry {
  readonly id: string
  readonly processes: string
}

const unknown: Exit = { code: null, signal: null }

/**
 * A process that starts and stops instances, so that the one of the gateway neither forks (which takes the longer the more memory it
 * has), nor reads /proc, nor probes.
 */
export class StartHelper implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #calls = new Map<number, Call>()
  readonly #followed = new Map<number, Followed>()
  #last = 0
  #lost: Error | undefined

  constructor() {
    const program = fileURLToPath(new URL('../../../bin/start-helper.js', import.meta.url))
    // Its stdin is that of the instances that are given hotlane's.
    const stdio = ['inherit', 'ignore', 'inherit', 'ipc'] as const
    this.#child = fork(program, { serialization: 'advanced', stdio: [...stdio], execArgv: [] })
    this.#child.on('message', (told: Told) => this.#hear(told))
    this.#child.on('error', (error) => this.#lose(error))
    this.#child.once('exit', (code, signal) => {
      this.#lose(new Error(`the process that starts instances has ended (${signal ?? `exit code ${code}`})`))
    })
    // Whoever waits for an instance has more that keeps the process alive than this.
    this.#child.unref()
    this.#child.channel?.unref()
  }

  /** Whether it has ended early: its instances are then taken for crashed, and another helper has to start the next. */
  get isLost(): boolean {
    return this.#lost !== undefined
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
        ports: async () =>
          this.isLost ? 0 : this.#ask<'ports'>(++this.#last, { kind: 'ports', instance: number }, undefined),
        stop: this.#stopOnce(number, { id, processes }),
      }
    } catch (error) {
      this.#followed.delete(number)
      if (this.isLost) await reapOne(processes, id, signal)
      throw error
    }
  }

  /** All instances should have been stopped before: what is left of them is nobody's any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isLost) return
    this.#child.ref()
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  #stopOnce(instance: number, { id, processes }: Entry): Instance['stop'] {
    const force = new AbortController()
    let ending: Promise<StopResult> | undefined
    const end = async (): Promise<StopResult> => {
      try {
        return await this.#ask<'stop'>(++this.#last, { kind: 'stop', instance }, force.signal)
      } catch (error) {
        if (!this.isLost) throw error
        await reapOne(processes, id, force.signal)
        return { exit: unknown, killed: force.signal.aborted }
      } finally {
        this.#followed.delete(instance)
      }
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

  async #ask<K extends keyof Answers>(
    call: number,
    question: Question<K>,
    cut: AbortSignal | undefined,
  ): Promise<Answers[K]> {
    const tellCut = (): void => this.#send({ kind: 'cut', call })
    try {
      return await new Promise<Answers[K]>((resolve, reject) => {
        if (this.#lost !== undefined) return reject(this.#lost)
        // Which answer belongs to which question is the other side's word; nothing else is checked at run time.
        this.#calls.set(call, { cut, resolve: resolve as Call['resolve'], reject })
        this.#send({ ...question, call } as Asked)
        if (cut?.aborted === true) tellCut()
        cut?.addEventListener('abort', tellCut)
      })
    } finally {
      this.#calls.delete(call)
      cut?.removeEventListener('abort', tellCut)
    }
  }

  #send(asked: Asked): void {
    if (this.#child.connected) this.#child.send(asked)
  }

  #lose(error: Error): void {
    if (this.isLost) return
    this.#lost = error
    for (const { reject } of this.#calls.values()) reject(error)
    for (const { exited } of this.#followed.values()) exited(unknown)
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

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFailed, onTestFinished } from 'vitest'
import type { Event } from '../../../src/model/event.ts'

const program = path.resolve(import.meta.dirname, '../../../bin/hotlane')

type Of<T extends Event['type']> = Extract<Event, { readonly type: T }>

/** A directory of a test's own, removed when it is disposed. */
export interface Workspace extends AsyncDisposable {
  readonly directory: string
  readonly path: (name: string) => string
  readonly relative: (file: string) => string
  readonly write: (name: string, content: string) => Promise<void>
}

export async function workspace(files: Readonly<Record<string, string>>, from?: string): Promise<Workspace> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'hotlane-e2e-')))
  if (from !== undefined) await cp(from, directory, { recursive: true })
  const write = async (name: string, content: string): Promise<void> => {
    const file = path.join(directory, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  for (const [name, content] of Object.entries(files)) await write(name, content)
  return {
    directory,
    path: (name) => path.join(directory, name),
    relative: (file) => path.relative(directory, file),
    write,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }),
  }
}

export interface StartOptions {
  /** Instead of `dev`. */
  readonly command?: 'dev' | 'up'
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** `hotlane dev --json`, or `up`, as a process of its own, and the events it has told so far. */
export class Hotlane implements AsyncDisposable {
  readonly events: Event[] = []
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  readonly #child: ChildProcess
  readonly #waiting = new Set<() => void>()
  #stderr = ''
  #ended = false

  constructor(directory: string, { command = 'dev', args = [], env = {} }: StartOptions = {}) {
    const { PORT: _port, ...inherited } = process.env
    this.#child = spawn(process.execPath, [program, command, '--json', ...args], {
      cwd: directory,
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    // A test that is ended by its time limit disposes of nothing by itself.
    onTestFinished(() => this[Symbol.asyncDispose]())
    onTestFailed(() => console.error(`${this.#stderr}\n${this.#tail()}`))
    const { stdout, stderr } = this.#child
    if (stdout === null || stderr === null) throw new Error('the pipes were asked for')
    createInterface({ input: stdout }).on('line', (line) => {
      this.events.push(JSON.parse(line) as Event)
      this.#wake()
    })
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.exited = once(this.#child, 'close').then(([code, signal]) => {
      this.#ended = true
      this.#wake()
      return { code: code as number | null, signal: signal as NodeJS.Signals | null }
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get stderr(): string {
    return this.#stderr
  }

  all<T extends Event['type']>(type: T): readonly Of<T>[] {
    return this.events.filter((event): event is Of<T> => event.type === type)
  }

  /** The first event of that type after event number `after` that fits; rejects when hotlane ends before. */
  async until<T extends Event['type']>(
    type: T,
    options: { readonly after?: number; readonly where?: (event: Of<T>) => boolean } = {},
  ): Promise<Of<T>> {
    const { after = 0, where = () => true } = options
    for (;;) {
      const found = this.all(type).find((event) => event.seq > after && where(event))
      if (found !== undefined) return found
      if (this.#ended) throw new Error(`hotlane ended before ${type}\n${this.#stderr}\n${this.#tail()}`)
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve)
      })
    }
  }

  /** Number of the newest event, for `until({ after })`. */
  get seq(): number {
    return this.events.at(-1)?.seq ?? 0
  }

  /** The n-th switch of a service, counted from 1. */
  async switched(count: number, service?: string): Promise<Of<'service.switched'>> {
    const of = (): readonly Of<'service.switched'>[] =>
      this.all('service.switched').filter((event) => service === undefined || event.service === service)
    await this.until('service.switched', { where: () => of().length >= count })
    const found = of()[count - 1]
    if (found === undefined) throw new Error('there is one more')
    return found
  }

  async url(service?: string): Promise<string> {
    const listening = await this.until('gateway.listening', {
      where: (event) => service === undefined || event.service === service,
    })
    return listening.url.replace(/\/$/, '')
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill('SIGINT')
    await this.exited
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }

  #tail(): string {
    return this.events
      .slice(-15)
      .map((event) => JSON.stringify(event))
      .join('\n')
  }
}

export async function text(url: string): Promise<string> {
  const response = await fetch(url)
  return response.text()
}

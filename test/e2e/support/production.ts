import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { ProductionStatus } from '../../../src/api/production.ts'
import type { RolloutReport } from '../../../src/model/rollout.ts'
import { type Ran, hotlane } from './cli.ts'
import { Hotlane, type Workspace, workspace } from './hotlane.ts'
import { freePort, isAlive } from './processes.ts'
import { type Verified, verify } from './verify.ts'

const app = new URL('../../apps/ledger.mjs', import.meta.url)

export interface ShopOptions {
  /** Lines of `hotlane.yaml`, for the service. */
  readonly settings?: readonly string[]
  /** Lines of `hotlane.yaml` outside of the service. */
  readonly top?: readonly string[]
}

/** The ledger app in production: a project, its control process, and what the two leave running. */
export class Production implements AsyncDisposable {
  readonly #made: Workspace
  readonly url: string
  #up: Hotlane
  #ending: Promise<void> | undefined

  static async open({ settings = [], top = [] }: ShopOptions = {}): Promise<Production> {
    const source = await readFile(app, 'utf8')
    const made = await workspace({ 'project/server.mjs': source })
    const port = await freePort()
    const lines = [
      'services:',
      '  shop:',
      '    build: false',
      '    run: [node, server.mjs]',
      `    listen: 127.0.0.1:${port}`,
      '    grace: 1s',
      '    drain: 5s',
      `    env: { LEDGER: ${made.path('ledger')} }`,
      ...settings.map((line) => `    ${line}`),
      'gateway: { tellRelease: true }',
      ...top,
      'verify:',
      '  rate: 150',
      '  ledger: /__ledger',
      '  newConnections: 20%',
      '  mix:',
      '    - { path: /, weight: 8 }',
      "    - { path: /, name: POST, method: POST, body: '{}', weight: 8 }",
      "    - { path: /upload, upload: { pieces: 5, bytes: 100, every: 20ms }, contains: '500 bytes', weight: 1 }",
      '    - { path: /stream, kind: sse, open: 3 }',
    ]
    await made.write('project/hotlane.yaml', `${lines.join('\n')}\n`)
    return new Production(made, `http://127.0.0.1:${port}`)
  }

  private constructor(made: Workspace, url: string) {
    this.#made = made
    this.url = url
    this.#up = this.#start()
    // A test that is ended by its time limit disposes of nothing by itself.
    onTestFinished(() => this[Symbol.asyncDispose]())
  }

  get directory(): string {
    return this.#made.path('project')
  }

  /** The control process that was started last. */
  get up(): Hotlane {
    return this.#up
  }

  /** Starts a control process in the place of one that has ended. */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.#up.exited
    this.#up = this.#start(env)
  }

  /** Ends the control process as a crash would. */
  async crash(): Promise<void> {
    this.#up.signal('SIGKILL')
    await this.#up.exited
  }

  /** Changes the app: a name for its version, and text to be replaced in its source. */
  async edit(version: string, [from, to]: readonly [string, string] = ['', '']): Promise<void> {
    const source = (await readFile(app, 'utf8')).replace("VERSION = '1'", `VERSION = '${version}'`)
    await this.#made.write('project/server.mjs', source.replace(from, to))
  }

  /** A command of hotlane's in the project. */
  run(...words: readonly string[]): Promise<Ran> {
    return hotlane(words, this.directory)
  }

  /** The same, which has to succeed. */
  async ran(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...words)
    if (code !== 0) throw new Error(`hotlane ${words.join(' ')} ended with ${code}\n${stdout}${stderr}`)
    return stdout
  }

  async status(): Promise<ProductionStatus> {
    return JSON.parse(await this.ran('status', '--json')) as ProductionStatus
  }

  async report(release: number): Promise<RolloutReport> {
    return JSON.parse(await this.ran('report', String(release), 'shop', '--json')) as RolloutReport
  }

  /** Version that answers now. */
  async version(headers: Readonly<Record<string, string>> = {}): Promise<string> {
    return (await fetch(`${this.url}/`, { headers })).text()
  }

  /** Until the rollout of that release needs a word from a person. */
  async waitsForPerson(release: number): Promise<void> {
    const isAsked = (event: { readonly release: number; readonly waitsFor: string }): boolean =>
      event.release === release && event.waitsFor.includes('person')
    await this.#up.until('rollout.waiting', { where: isAsked })
  }

  /** Load for as long as the work takes, which begins when requests are executed. */
  async under(work: () => Promise<unknown>): Promise<Verified> {
    const done = `done-${Math.random()}`
    const command = `while [ ! -f ${this.#made.path(done)} ]; do sleep 0.05; done`
    const before = (await this.#ledger()).length
    const verified = verify(['shop', '--before', '300ms', '--after', '300ms', '--during', command], this.directory)
    const began = async (): Promise<void> => {
      while ((await this.#ledger()).length <= before + 10) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await Promise.race([began(), verified])
    try {
      await work()
    } finally {
      await this.#made.write(done, '')
    }
    return verified
  }

  /** Pids of all that the state directory names: gateway workers and instances. */
  async left(): Promise<readonly number[]> {
    const pids = await Promise.all(
      ['gateway', 'processes'].map(async (name) => {
        const directory = path.join(this.directory, '.hotlane', name)
        const files = (await readdir(directory).catch(() => [])).filter((file) => file.endsWith('.json'))
        return Promise.all(files.map((file) => pidIn(path.join(directory, file))))
      }),
    )
    return pids.flat().filter((pid) => pid > 1 && isAlive(pid))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#ending ??= this.#end())
  }

  async #end(): Promise<void> {
    const left = await this.left()
    await hotlane(['down', '--yes'], this.directory)
    this.#up.signal('SIGKILL')
    await this.#up.exited
    for (const pid of left.filter(isAlive)) process.kill(pid, 'SIGKILL')
    await this.#made[Symbol.asyncDispose]()
  }

  #start(env: Readonly<Record<string, string>> = {}): Hotlane {
    return new Hotlane(this.#made.path('project'), { command: 'up', env })
  }

  async #ledger(): Promise<readonly string[]> {
    const text = await readFile(this.#made.path('ledger'), 'utf8').catch(() => '')
    return text.split('\n')
  }
}

async function pidIn(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  try {
    return (JSON.parse(text) as { readonly pid?: number }).pid ?? 0
  } catch {
    return 0
  }
}

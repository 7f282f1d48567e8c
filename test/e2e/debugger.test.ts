import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type Socket, connect } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { goVersion } from '../support/needs.ts'
import { goApp, goMain } from './support/apps.ts'
import { Hotlane, text, workspace } from './support/hotlane.ts'
import { freePort } from './support/processes.ts'

const dlv = findDelve()
const missing =
  goVersion === undefined ? 'there is no go on the PATH' : dlv === undefined ? 'there is no dlv' : undefined

function findDelve(): string | undefined {
  const bin = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' }).stdout?.trim() ?? ''
  const places = [...(process.env['PATH'] ?? '').split(path.delimiter), path.join(bin, 'bin')]
  return places.map((place) => path.join(place, 'dlv')).find((file) => existsSync(file))
}

interface State {
  readonly State: { readonly Running: boolean; readonly currentThread?: { readonly breakPoint?: unknown } }
}

/** Delve's JSON-RPC, version 2 of its API. */
class Debugger implements AsyncDisposable {
  readonly #socket: Socket
  readonly #lines: AsyncIterator<string>
  #calls = 0

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
    this.#lines = createInterface({ input: this.#socket })[Symbol.asyncIterator]()
  }

  async call(method: string, params: unknown): Promise<unknown> {
    this.#socket.write(`${JSON.stringify({ id: ++this.#calls, method: `RPCServer.${method}`, params: [params] })}\n`)
    const { value } = (await this.#lines.next()) as { value: string }
    const { result, error } = JSON.parse(value) as { readonly result: unknown; readonly error: unknown }
    if (error !== null) throw new Error(JSON.stringify(error))
    return result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
    if (!this.#socket.closed) await once(this.#socket, 'close')
  }
}

/** Sets a breakpoint, lets a request run into it, and lets it go on. */
async function stopAtBreakpoint(port: number, url: string): Promise<string> {
  await using delve = new Debugger(port)
  await delve.call('Command', { name: 'halt' })
  await delve.call('CreateBreakpoint', { Breakpoint: { functionName: 'main.answer' } })
  const stopped = delve.call('Command', { name: 'continue' })
  const answer = text(url)
  expect(((await stopped) as State).State.currentThread?.breakPoint).toMatchObject({ functionName: 'main.answer' })
  await delve.call('ClearBreakpoint', { Name: '', Id: 1 })
  void delve.call('Command', { name: 'continue' }).catch(() => undefined)
  return answer
}

function source(version: string): string {
  return goMain(version)
    .replace('func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, version) }', 'answer')
    .concat('\nfunc answer(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, version) }\n')
}

describe.skipIf(missing !== undefined)(`under delve${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  it('P16: restarts on the same debugger port, and a breakpoint stops the new program as it did the old', async () => {
    const port = await freePort()
    await using app = await workspace({
      ...goApp('v1'),
      'main.go': source('v1'),
      'hotlane.yaml': `services:
  app:
    build: { command: "go build -gcflags='all=-N -l' -o ./app .", output: ./app }
    run: ["${dlv ?? ''}", exec, --headless, --api-version=2, --accept-multiclient, --continue, "--listen=127.0.0.1:${port}", ./app]
    overlap: hold
`,
    })
    await using hotlane = new Hotlane(app.directory, { args: ['--listen', '127.0.0.1:0'] })
    await hotlane.switched(1)
    const url = await hotlane.url()
    expect(await stopAtBreakpoint(port, url)).toBe('v1')
    await app.write('main.go', source('v2'))
    const { report } = await hotlane.switched(2)
    expect(report).toMatchObject({ way: 'hold', lost: 0 })
    expect(await stopAtBreakpoint(port, url)).toBe('v2')
  })

  it('runs a service with build.debug by itself, and moves the debugger to the new program', async () => {
    const port = await freePort()
    await using app = await workspace({
      ...goApp('v1'),
      'main.go': source('v1'),
      'hotlane.yaml': `build: { go: ., debug: ${port} }\n`,
    })
    const env = { PATH: `${path.dirname(dlv ?? '')}${path.delimiter}${process.env['PATH']}` }
    await using hotlane = new Hotlane(app.directory, { args: ['--listen', '127.0.0.1:0'], env })
    await hotlane.switched(1)
    await hotlane.until('build.planned')
    const url = await hotlane.url()
    expect(await stopAtBreakpoint(port, url)).toBe('v1')
    await app.write('main.go', source('v2'))
    const { report } = await hotlane.switched(2)
    expect(report).toMatchObject({ way: 'hold', lost: 0 })
    expect(hotlane.all('build.way').at(-1)?.way).toBe('fast')
    expect(await stopAtBreakpoint(port, url)).toBe('v2')
  })
})

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { request } from 'node:http'
import path from 'node:path'
import { hotlaneEnvironment } from './hotlane.mjs'
import { freePort } from './ports.mjs'
import { startGroup } from './process-group.mjs'
import { deadline } from './script.mjs'
import { makeTemporary } from './temporary.mjs'

const root = path.resolve(import.meta.dirname, '../..')

/** Orders of the Gin shop as programs that behave: two good ones, and one for each way in which a release can be bad. */
const variants = {
  a: (source) => source,
  b: (source) => source.replace('version = "v1"', 'version = "v2"'),
  neverReady: (source) => source.replace('authURL :=', 'log.Fatal("never ready")\n\tauthURL :='),
  crashes: (source) =>
    source
      .replace('authURL :=', 'go func() { time.Sleep(700 * time.Millisecond); log.Fatal("crashes") }()\n\tauthURL :=')
      .replace('"os"', '"os"\n\t"time"'),
  errs: (source) =>
    source
      .replace(
        'if err := server.Run',
        'engine.GET("/flaky", func(c *gin.Context) { c.Status(500) })\n\tif err := server.Run',
      )
      .replace(
        '"example.com/shop/internal/orders"',
        '"github.com/gin-gonic/gin"\n\n\t"example.com/shop/internal/orders"',
      ),
}

/** One request in ten is for what only a bad release answers with an error, which its clients expect. */
const settings = ({ port, ledger, rate }) => `services:
  orders:
    build: { go: ./cmd/orders }
    listen: 127.0.0.1:${port}
    ready: /health
    drain: 1s
    env: { LEDGER: ${ledger} }
    rollout:
      strategy: canary
      steps: ["20%", judge, "50%", approve]
      sticky: request
      bake: 1s
      window: 30s
      keep: 5
      judge: { minRequests: 30, errors: 5%, every: 200ms, timeout: 60s }
gateway: { tellRelease: true }
verify:
  rate: ${rate}
  ledger: /__ledger
  newConnections: 20%
  mix:
    - { path: /version, weight: 50 }
    - { path: /version, name: POST unknown, method: POST, body: '{}', expect: 404, weight: 30 }
    - { path: /flaky, expect: [404, 500], weight: 15 }
    - { path: /upload, upload: { pieces: 5, bytes: 1024, every: 20ms }, contains: '"bytes":5120', weight: 3 }
    - { path: /stream, kind: sse, open: 4 }
`

/** A copy of the shop with its programs built, ready for \`hotlane up\`. */
export async function openShop({ go, rate }, scope) {
  const base = await makeTemporary('production', scope)
  const directory = path.join(base, 'shop')
  await cp(path.join(root, 'examples', 'gin-shop'), directory, { recursive: true })
  const main = path.join(directory, 'cmd', 'orders', 'main.go')
  const source = await readFile(main, 'utf8')
  const programs = {}
  for (const [name, change] of Object.entries(variants)) {
    programs[name] = path.join(base, name)
    await writeFile(main, change(source))
    const build = startGroup([go, 'build', '-o', programs[name], './cmd/orders'], { directory })
    const { code } = await build.exited
    if (code !== 0) throw new Error(`${name} cannot be built:\n${build.output()}`)
  }
  await writeFile(main, source)
  const ledger = path.join(base, 'ledger')
  await writeFile(path.join(directory, 'hotlane.yaml'), settings({ port: await freePort(), ledger, rate }))
  return { base, directory, programs }
}

/** This checkout under another version, as an upgrade would install it. Resolves with its command. */
export async function installAs(version, base) {
  const home = path.join(base, `hotlane-${version}`)
  await mkdir(home)
  for (const name of ['bin', 'dist', 'node_modules', 'schema'])
    await cp(path.join(root, name), path.join(home, name), { recursive: true })
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  await writeFile(path.join(home, 'package.json'), JSON.stringify({ ...manifest, version }))
  return [process.execPath, path.join(home, 'bin', 'hotlane')]
}

/** The control process of a shop, and what can be asked of it. */
export class Control {
  /** @readonly */
  #scope
  /** @readonly */
  #directory
  #group
  events = []
  /** @readonly */
  #waiting = new Set()

  constructor(directory, scope) {
    this.#directory = directory
    this.#scope = scope
  }

  get pid() {
    return this.#group.pid
  }

  /** Starts \`hotlane up\`, and resolves when its API answers. */
  async start(command) {
    this.events = []
    this.#group = startGroup([...command, 'up', '--json'], {
      directory: this.#directory,
      env: hotlaneEnvironment(),
      stopSignal: 'SIGTERM',
      onLine: (line, stream) => {
        if (stream !== 'stdout' || !line.startsWith('{')) return
        this.events.push(JSON.parse(line))
        this.#wake()
      },
    })
    const group = this.#group
    this.#scope.defer(() => group.stop())
    await this.#eventually(async () => (await this.ask('GET', '/v1/session').catch(() => undefined))?.pid === group.pid)
  }

  /** Ends the control process alone. */
  async end(signal) {
    process.kill(this.#group.pid, signal)
    await this.#group.exited
    await rm(path.join(this.#directory, '.hotlane', 'api.sock'), { force: true })
  }

  /** The first event from index \`from\` on for which \`wanted\` holds. */
  async saw(wanted, from = 0) {
    const limit = deadline(this.#scope.signal, 60_000, 'hotlane did not tell what was expected')
    limit.signal.addEventListener('abort', () => this.#wake())
    try {
      for (let next = from; ; next++) {
        while (next >= this.events.length) {
          limit.signal.throwIfAborted()
          await new Promise((resolve) => this.#waiting.add(resolve))
        }
        if (wanted(this.events[next])) return this.events[next]
      }
    } catch (cause) {
      const last = this.events.slice(-8).map((event) => JSON.stringify(event))
      throw new Error([String(cause), ...last].join('\n'), { cause })
    } finally {
      limit.clear()
    }
  }

  /** Asks for something and resolves with the event of the rollout's end. */
  async rollOut(what, body) {
    const from = this.events.length
    const { id } = await this.order(what, body)
    return this.saw((event) => event.type === 'rollout.finished' && event.rollout.id === id, from)
  }

  order(what, body = {}) {
    return this.ask('POST', `/v1/services/orders/${what}`, body)
  }

  async ask(method, target, body) {
    const socketPath = path.join(this.#directory, '.hotlane', 'api.sock')
    const sent = request({ socketPath, method, path: target, agent: false })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    const [response] = await once(sent, 'response')
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    if (response.statusCode !== 200) throw new Error(`${method} ${target}: ${text}`)
    return text === '' ? undefined : JSON.parse(text.split('\n')[0])
  }

  #wake() {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }

  async #eventually(holds) {
    const limit = deadline(this.#scope.signal, 60_000, 'hotlane up did not answer')
    try {
      while (!(await holds())) {
        limit.signal.throwIfAborted()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    } finally {
      limit.clear()
    }
  }
}

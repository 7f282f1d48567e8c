import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'

import { startDirect } from '../../src/supervise/activation/start-direct.ts'
import type { Instance } from '../../src/supervise/instance.ts'
import { holdSocket, type HeldSocket } from '../../src/support/hold-socket.ts'
import { PostLoad, type PostLoss } from '../gateway/support/post-load.ts'
import { describeWithGo } from '../support/needs.ts'

const apps = path.resolve(import.meta.dirname, '../apps')
const never = new AbortController().signal
const hasPython = spawnSync('python3', ['--version']).status === 0

let socket: HeldSocket
let processes = ''
let count = 0

beforeEach(async () => {
  processes = await mkdtemp(path.join(tmpdir(), 'hotlane-direct-'))
  socket = await holdSocket('127.0.0.1', 0)
  const [left, held] = [processes, socket]
  onTestFinished(async () => {
    held.close()
    const entries = await readdir(left)
    if (entries.length > 0) throw new Error(`left behind: ${entries.join(', ')}`)
    await rm(left, { recursive: true })
  })
})

interface Change {
  readonly env?: Readonly<Record<string, string>>
  readonly ready?: {
    readonly kind?: 'auto' | 'message' | 'http' | 'port'
    readonly path?: string
    readonly timeoutMs?: number
  }
  readonly line?: string
  readonly signal?: AbortSignal
}

async function launch(
  argv: readonly [string, ...string[]],
  { env, ready, line, signal = never }: Change = {},
): Promise<Instance> {
  const context = { processes, output: () => undefined, started: () => undefined }
  const spec = {
    id: `direct-test-${process.pid}-${++count}`,
    service: 'shop',
    release: count,
    command: line === undefined ? ({ kind: 'argv', argv } as const) : ({ kind: 'shell', line } as const),
    args: [],
    directory: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    ready: { kind: 'auto' as const, timeoutMs: 30_000, ...ready },
    stop: { signal: 'SIGTERM', graceMs: 30_000 } as const,
    stdin: false,
    color: false,
    socket: { ...socket, host: '127.0.0.1' },
  }
  const instance = await startDirect(spec, context, signal)
  onTestFinished(() => void instance.stop(AbortSignal.abort()))
  return instance
}

async function answering(): Promise<number> {
  const { headers } = await fetch(`http://127.0.0.1:${socket.port}/`, {
    method: 'POST',
    body: 'x',
    headers: { connection: 'close' },
  })
  return Number(headers.get('x-pid'))
}

/** One instance follows another under load, with both at once and with none in between. Returns what was lost. */
async function replace(argv: readonly [string, ...string[]]): Promise<readonly PostLoss[]> {
  const first = await launch(argv)
  const load = new PostLoad(`http://127.0.0.1:${socket.port}/`, { kept: 0, fresh: 4 })
  await load.further(50)
  const second = await launch(argv)
  await load.further(50)
  const stopped = await first.stop()
  await load.further(50)
  const answered = [await answering()]
  await second.stop()
  const third = await launch(argv)
  await load.further(50)
  await load.stop()
  answered.push(await answering())
  await third.stop()
  expect(answered).toEqual([second.pid, third.pid])
  expect(stopped.killed).toBe(false)
  return load.losses
}

describe.skipIf(process.platform === 'win32')('a service that accepts from a socket that it is handed', () => {
  const node = [process.execPath, path.join(apps, 'direct.mjs')] as const

  it('is replaced without a refused connection: Node', async () => {
    expect(await replace(node)).toEqual([])
  })

  it.skipIf(!hasPython)('is replaced without a refused connection: Python', async () => {
    expect(await replace(['python3', path.join(apps, 'direct.py')])).toEqual([])
  })

  it('is not ready because an older instance answers', async () => {
    const old = await launch(node)
    const late = launch(node, { env: { ACCEPT: 'no' }, ready: { timeoutMs: 500 } })
    await expect(late).rejects.toMatchObject({ code: 'HL4002', message: expect.stringContaining('has accepted no') })
    const path = launch(node, { env: { ACCEPT: 'no' }, ready: { kind: 'http', path: '/', timeoutMs: 500 } })
    await expect(path).rejects.toMatchObject({ code: 'HL4002', message: expect.stringContaining('not answered GET /') })
    expect(await answering()).toBe(old.pid)
    await old.stop()
  })

  it('is not ready while it answers badly, and is when it answers well or says so', async () => {
    const old = await launch(node, { ready: { kind: 'http', path: '/' } })
    const ready = { kind: 'http', path: '/', timeoutMs: 2000 } as const
    const bad = launch(node, { env: { STATUS: '503' }, ready })
    await expect(bad).rejects.toMatchObject({ code: 'HL4002', message: expect.stringContaining('answered 503') })
    const told = await launch(node, { env: { SEND: '"ready"', ACCEPT: 'no' }, ready: { kind: 'message' } })
    await told.stop()
    await old.stop()
  })

  it('is told that it opened a socket of its own', async () => {
    const listening = (port: string): string =>
      `exec "${process.execPath}" -e 'require("net").createServer().on("error", (e) => console.log(e.message)).listen(${port}, "127.0.0.1"); setInterval(() => 0, 1e9)'`
    const elsewhere = launch(node, { line: listening('0'), ready: { timeoutMs: 1000 } })
    await expect(elsewhere).rejects.toMatchObject({ code: 'HL4008', message: expect.stringMatching(/port \d+ of its/) })
    // Its deadline is half a minute off.
    const same = launch(node, { line: listening('process.env.PORT') })
    await expect(same).rejects.toMatchObject({
      code: 'HL4008',
      message: expect.stringContaining(`${socket.port} itself`),
    })
  })

  it('may finish what it has accepted when it is given up', async () => {
    const slow = `import { createServer } from 'node:http'
      const server = createServer((request, response) => {
        if (request.method === 'GET') return response.writeHead(503).end()
        response.write('begun')
        // Longer than an instance gets that cannot have accepted anything.
        process.once('SIGTERM', () => setTimeout(() => response.end(' and done'), 1500))
      }).listen({ fd: 3 })
      process.on('SIGTERM', () => server.close())`
    const giveUp = new AbortController()
    const given = launch([process.execPath, '--input-type=module', '-e', slow], {
      ready: { kind: 'http', path: '/' },
      signal: giveUp.signal,
    })
    const newer = new Error('a newer one')
    const failed = given.catch((error: unknown) => error)
    const { body } = await fetch(`http://127.0.0.1:${socket.port}/`, {
      method: 'POST',
      headers: { connection: 'close' },
    })
    let told = ''
    for await (const piece of body ?? []) {
      told += Buffer.from(piece).toString()
      if (told === 'begun') giveUp.abort(newer)
    }
    expect(told).toBe('begun and done')
    expect(await failed).toBe(newer)
  })

  it('tells why it ended before it was ready', async () => {
    const error = launch(node, { line: `"${process.execPath}" -e 'console.log("no"); process.exit(3)'` })
    await expect(error).rejects.toMatchObject({ code: 'HL4001', output: 'no' })
    const line = await launch(node, { line: `exec "${process.execPath}" "${path.join(apps, 'direct.mjs')}"` })
    expect(await answering()).toBe(line.pid)
    await line.stop()
  })
})

describeWithGo('a Go service with a library for socket activation', () => {
  it('is replaced without a refused connection', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'hotlane-direct-go-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const program = path.join(directory, 'direct')
    await promisify(execFile)('go', ['build', '-o', program, '.'], { cwd: path.join(apps, 'direct-go') })
    expect(await replace([program])).toEqual([])
  })
})

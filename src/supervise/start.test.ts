import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { HotlaneError } from '../support/errors.ts'
import { findProcess, isAlive } from '../support/group/processes.ts'
import type { Instance, StartSpec } from './instance.ts'
import { claimPort } from './port.ts'
import { portInUse } from './start.ts'
import { Starter } from './starter.ts'

const apps = path.resolve(import.meta.dirname, '../../test/apps')
const base = { PATH: process.env['PATH'] ?? '', NO_PROXY: '*' }
const never = new AbortController().signal

/** Both ways to start have to behave alike. */
const [direct, separate] = [new Starter(), new Starter()]

let starter = direct
let processes = ''
let lines: string[] = []
let pids: number[] = []
let instances: Instance[] = []
let count = 0

beforeEach(async () => {
  processes = await mkdtemp(path.join(tmpdir(), 'hotlane-start-'))
  lines = []
  pids = []
  instances = []
})

afterEach(async () => {
  await Promise.all(instances.map((instance) => instance.stop(AbortSignal.abort())))
  const left = [...(await readdir(processes)), ...pids.filter(isAlive)]
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  await rm(processes, { recursive: true })
})

type Change = Partial<Omit<StartSpec, 'env' | 'ready'>> & {
  readonly env?: Readonly<Record<string, string>>
  readonly ready?: Partial<StartSpec['ready']>
  readonly line?: string
}

async function launch(app: string, { env, ready, line, ...change }: Change = {}, signal = never): Promise<Instance> {
  const file = path.join(apps, app)
  const spec: StartSpec = {
    id: `start-test-${process.pid}-${++count}`,
    service: 'shop',
    release: 3,
    command: line === undefined ? { kind: 'argv', argv: [process.execPath, file] } : { kind: 'shell', line },
    args: [],
    directory: tmpdir(),
    env: { ...base, ...env },
    ready: { kind: 'auto', timeoutMs: 30_000, ...ready },
    stop: { signal: 'SIGTERM', graceMs: 30_000 },
    stdin: false,
    color: false,
    ...change,
  }
  const context = {
    processes,
    output: (_pid: number, _stream: string, text: string) => void lines.push(text),
    started: (pid: number) => void pids.push(pid),
  }
  const instance = await starter.start(spec, context, signal)
  instances.push(instance)
  return instance
}

async function failure(promise: Promise<unknown>): Promise<HotlaneError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof HotlaneError)) throw new Error('expected a HotlaneError', { cause: error })
  return error
}

async function answer({ host, port }: { readonly host: string; readonly port: number }, url = '/') {
  const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}${url}`)
  return (await response.json()) as { pid: number; env: Record<string, string> }
}

async function freePort(): Promise<number> {
  const claim = await claimPort()
  onTestFinished(() => claim.release())
  return claim.port
}

async function occupy(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  server.listen(port)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server
}

afterAll(async () => {
  await direct[Symbol.asyncDispose]()
  await separate[Symbol.asyncDispose]()
})

describe.each([
  ['the process of the caller', direct],
  ['a helper', separate],
])('in %s', (_, way) => {
  beforeEach(() => {
    starter = way
    if (way === separate) way.separate()
  })

  describe('start', () => {
    it('resolves when the port in PORT accepts, and tells the instance by its environment', async () => {
      const instance = await launch('http.mjs', { color: true })
      const { pid, env } = await answer(instance)
      expect(pid).toBe(instance.pid)
      expect(instance).toMatchObject({ host: '127.0.0.1', release: 3, portFixed: false })
      expect(instance.readyMs).toBeGreaterThan(0)
      expect(env).toMatchObject({
        PORT: String(instance.port),
        HOTLANE_INSTANCE: instance.id,
        HOTLANE_SERVICE: 'shop',
        HOTLANE_RELEASE: '3',
        FORCE_COLOR: '1',
        CLICOLOR_FORCE: '1',
      })
      expect(instance.lastOutput()).toContain('listening on')
    })

    it('leaves colours to an environment that decides them', async () => {
      const { env } = await answer(await launch('http.mjs', { color: true, env: { NO_COLOR: '1' } }))
      expect(env).not.toHaveProperty('FORCE_COLOR')
      expect(env).not.toHaveProperty('CLICOLOR_FORCE')
    })

    it.each(['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'])('reaches an app that listens on %s', async (host) => {
      const instance = await launch('http.mjs', { env: { HOST: host } })
      expect((await answer(instance)).pid).toBe(instance.pid)
    })

    it('finds the listener behind a shell, which is given arguments that it does not parse again', async () => {
      const line = `"${process.execPath}" "${path.join(apps, 'http.mjs')}"; true`
      const instance = await launch('', { line })
      expect((await answer(instance)).pid).not.toBe(instance.pid)
      const echo = `exec "${process.execPath}" -e 'console.log(process.argv.slice(1)); process.exit(5)' --`
      const error = await failure(launch('', { line: echo, args: ['a b', '$HOME', "'"] }))
      expect(error.output).toBe(`[ 'a b', '$HOME', "'" ]`)
    })

    it('gives two instances that start at once ports of their own', async () => {
      const [one, other] = await Promise.all([launch('http.mjs'), launch('http.mjs')])
      expect((await answer(one)).pid).toBe(one.pid)
      expect((await answer(other)).pid).toBe(other.pid)
    })
  })

  describe('readiness', () => {
    it('asks an HTTP path until it answers below 400', async () => {
      const instance = await launch('http.mjs', {
        ready: { kind: 'http', path: '/healthz' },
        env: { HEALTHY_AFTER: '3', HEALTH: '302' },
      })
      expect(instance.portFixed).toBe(false)
    })

    it('takes a message of a Node program', async () => {
      const env = { SEND: '{"hotlane":"ready"}' }
      // Without the message the health path, which never answers well, would decide.
      const ready = { kind: 'auto' as const, path: '/healthz' }
      const instance = await launch('http.mjs', { env: { ...env, HEALTH: '500' }, ready })
      expect((await answer(instance)).pid).toBe(instance.pid)
    })

    it('takes a message of a program that listens nowhere, where the message is what counts', async () => {
      const instance = await launch('idle.mjs', { env: { SEND: '"ready"' }, ready: { kind: 'message' } })
      expect(instance.portFixed).toBe(false)
    })

    it('is not taken in by another message, nor by a port where a message is due', async () => {
      const options = { env: { SEND: '"hello"' }, ready: { kind: 'message' as const, timeoutMs: 500 } }
      const error = await failure(launch('http.mjs', options))
      expect(error).toMatchObject({ code: 'HL4002', message: expect.stringContaining('has not sent "ready"') })
    })

    it('notices an app that listens on a port of its own choice', async () => {
      const port = await freePort()
      const instance = await launch('http.mjs', { env: { LISTEN: String(port) } })
      expect(instance).toMatchObject({ port, portFixed: true })
      expect((await answer(instance)).pid).toBe(instance.pid)
    })

    it('prefers PORT to other ports, then the known one, then the one that speaks HTTP', async () => {
      const [one, other] = [await freePort(), await freePort()]
      const line = `"${process.execPath}" "${path.join(apps, 'tcp.mjs')}" & exec "${process.execPath}" "${path.join(apps, 'http.mjs')}"`
      const both = await launch('', { line: line.replace('"', `LISTEN=${one} "`) })
      expect(both.portFixed).toBe(false)
      const known = await launch('tcp.mjs', { appPort: other, env: { LISTEN: `${await freePort()},${other}` } })
      expect(known).toMatchObject({ port: other, portFixed: true })
      await known.stop()
      await both.stop()
      const speaking = await launch('', {
        line: line.replace('"', `LISTEN=${one} "`).replace('exec', `LISTEN=${other} exec`),
      })
      expect(speaking).toMatchObject({ port: other, portFixed: true })
    })

    it('listens on no port any more when it was stopped', async () => {
      const instance = await launch('http.mjs')
      const ports = await instance.ports()
      expect([0, 1]).toContain(ports)
      await instance.stop()
      expect(await instance.ports()).toBe(0)
    })

    it.skipIf(process.platform === 'win32')('does not take a stranger on the port for the instance', async () => {
      const port = await freePort()
      await occupy(port)
      const error = await failure(launch('idle.mjs', { appPort: port, ready: { timeoutMs: 500 } }))
      expect(error.code).toBe('HL4002')
      expect(error.message).toMatch(/^shop was not ready within 500 ms: it does not listen on port \d+ \(\$PORT\)$/)
    })
  })

  describe('failures', () => {
    it('tells the last lines of a process that exits before it is ready', async () => {
      const error = await failure(launch('crash.mjs'))
      expect(error).toMatchObject({
        code: 'HL4001',
        message: 'shop exited before it was ready (exit code 7)',
        output: 'connecting to the database\ncannot connect: no route',
      })
    })

    it('takes the deadline for a failure, though the process lives', async () => {
      const error = await failure(
        launch('http.mjs', { ready: { kind: 'http', path: '/healthz', timeoutMs: 500 }, env: { HEALTH: '500' } }),
      )
      expect(error).toMatchObject({ code: 'HL4002', message: expect.stringContaining('was not ready within 500 ms: ') })
    })

    it('tells why a program cannot be started', async () => {
      const command = { kind: 'argv', argv: ['/does/not/exist'] } as const
      const missing = await failure(launch('', { command }))
      expect(missing).toMatchObject({ code: 'HL4003', message: expect.stringContaining('there is no such program') })
      const directory = path.join(tmpdir(), 'hotlane-no-such-directory')
      const lost = await failure(launch('http.mjs', { directory }))
      expect(lost.message).toContain(`its directory ${directory} does not exist`)
    })

    it('names the port that is taken, whether the app exits or stays', async () => {
      const port = await freePort()
      await occupy(port)
      const exits = await failure(launch('http.mjs', { env: { LISTEN: String(port) } }))
      expect(exits.code).toBe('HL4005')
      expect(portInUse(exits)).toBe(port)
      expect(exits.message).toContain(process.platform === 'linux' ? 'taken by hotlane itself' : 'taken')
      const stays = await failure(launch('port-taken.mjs', { env: { WANTED: String(port) } }))
      expect(portInUse(stays)).toBe(port)
      expect(portInUse(new Error('other'))).toBeUndefined()
    })

    it('ends the group when aborted, and throws the reason', async () => {
      const abort = new AbortController()
      const reason = new Error('superseded')
      const starting = launch('ignores-sigterm.mjs', {}, abort.signal)
      await vi.waitFor(() => expect(lines).toContain('up'), { timeout: 30_000 })
      abort.abort(reason)
      await expect(starting).rejects.toBe(reason)
      await expect(launch('http.mjs', {}, AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })

  describe('stop', () => {
    it('shares one stop, tells the output after the signal, and frees the port', async () => {
      const instance = await launch('http.mjs')
      const results = await Promise.all([instance.stop(), instance.stop()])
      expect(results[0]).toEqual({ exit: { code: 0, signal: null }, killed: false })
      expect(results[1]).toBe(results[0])
      expect(lines).toContain('bye')
      expect(await instance.stop()).toBe(results[0])
      await occupy(instance.port)
    })

    it('kills at once when told so during the grace', async () => {
      const instance = await launch('ignores-sigterm.mjs', { ready: { kind: 'message' }, line: ignoring() })
      const now = new AbortController()
      const stopped = instance.stop()
      await vi.waitFor(() => expect(lines).toContain('ignored SIGTERM'), { timeout: 30_000 })
      const hurried = instance.stop(now.signal)
      now.abort()
      expect(await stopped).toEqual({ exit: { code: null, signal: 'SIGKILL' }, killed: true })
      expect(await hurried).toBe(await stopped)
    })

    it('cleans up by itself behind a process that crashed when it was ready', async () => {
      const instance = await launch('http.mjs')
      process.kill(instance.pid, 'SIGKILL')
      expect(await instance.exited).toEqual({ code: null, signal: 'SIGKILL' })
      await vi.waitFor(async () => expect(await readdir(processes)).toEqual([]))
    })
  })
})

describe.skipIf(process.platform === 'win32')('a helper that is killed', () => {
  const killable = new Starter()

  beforeEach(() => {
    starter = killable
    killable.separate()
  })

  afterAll(() => killable[Symbol.asyncDispose]())

  it('is taken for the end of its instances, which are ended, and another one starts the next', async () => {
    const instance = await launch('http.mjs')
    await killParentOf(instance.pid)
    expect(await instance.exited).toEqual({ code: null, signal: null })
    expect(await instance.ports()).toBe(0)
    expect(await instance.stop()).toEqual({ exit: { code: null, signal: null }, killed: false })
    expect(isAlive(instance.pid)).toBe(false)
    const next = await launch('http.mjs')
    expect((await answer(next)).pid).toBe(next.pid)
  })

  it('fails a start that is under way, of which nothing is left', async () => {
    const starting = launch('idle.mjs', { ready: { kind: 'http', path: '/' } })
    await vi.waitFor(() => expect(pids).toHaveLength(1), { timeout: 30_000 })
    await killParentOf(pids[0] ?? 0)
    await expect(starting).rejects.toThrow('the process that starts instances has ended (SIGKILL)')
    expect(pids.filter(isAlive)).toEqual([])
  })
})

async function killParentOf(pid: number): Promise<void> {
  const helper = (await findProcess(pid))?.parent ?? process.pid
  expect(helper).not.toBe(process.pid)
  process.kill(helper, 'SIGKILL')
}

function ignoring(): string {
  const script = `process.on('SIGTERM', () => console.log('ignored SIGTERM')); setInterval(() => {}, 1e9); process.send('ready')`
  return `exec "${process.execPath}" -e "${script}"`
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { logPath } from '../../model/log-file.ts'
import { HotlaneError } from '../../support/errors.ts'
import { isAlive } from '../../support/group/processes.ts'
import type { Instance, StartSpec } from '../instance.ts'
import { claimPort } from '../port.ts'
import { reap } from '../reap.ts'
import { adopt } from './adopt.ts'
import { forget, forgetDead } from './forget.ts'
import { listDetached, parseRecord } from './record.ts'
import { refuseBesideDetached } from './refuse.ts'
import { startDetached } from './start.ts'

const apps = path.resolve(import.meta.dirname, '../../../test/apps')
const never = new AbortController().signal

let directory = ''
let processes = ''
let logs = ''
let pids: number[] = []
let instances: Instance[] = []
let controls: ChildProcess[] = []
let count = 0

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-detached-'))
  processes = path.join(directory, 'processes')
  logs = path.join(directory, 'logs')
  pids = []
  instances = []
  controls = []
})

afterEach(async () => {
  await Promise.all(controls.map(kill))
  await Promise.all(instances.map((instance) => instance.stop(AbortSignal.abort())))
  const recorded = await listDetached(processes)
  await Promise.all(recorded.map(({ id }) => forget(id, { processes }, AbortSignal.abort())))
  const left = [...(await readdir(processes).catch(() => [])), ...pids.filter(isAlive)]
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
  await rm(directory, { recursive: true })
})

type Change = Partial<Omit<StartSpec, 'env' | 'ready'>> & {
  readonly env?: Readonly<Record<string, string>>
  readonly ready?: Partial<StartSpec['ready']>
}

function specOf(app: string, { env, ready, ...change }: Change = {}): StartSpec {
  return {
    id: `detached-test-${process.pid}-${++count}`,
    service: 'shop',
    release: 3,
    command: { kind: 'argv', argv: [process.execPath, path.join(apps, app)] },
    args: [],
    directory: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    ready: { kind: 'auto', timeoutMs: 30_000, ...ready },
    stop: { signal: 'SIGTERM', graceMs: 30_000 },
    stdin: false,
    color: false,
    ...change,
  }
}

async function start(spec: StartSpec): Promise<Instance> {
  const instance = await startDetached(spec, { processes, logs, started: (pid) => void pids.push(pid) }, never)
  instances.push(instance)
  return instance
}

async function adopted(id: string) {
  const instance = await adopt(id, { processes })
  if (instance === undefined) throw new Error(`${id} was not adopted`)
  instances.push(instance)
  return instance
}

/** Another process that starts instances, and is there to be killed. */
function control(...specs: readonly StartSpec[]) {
  const child = spawn(process.execPath, [path.join(apps, 'control.mjs'), JSON.stringify({ processes, logs, specs })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  controls.push(child)
  const said: { started?: number; ready?: { pid: number; host: string; port: number }; failed?: string }[] = []
  createInterface(child.stdout).on('line', (line) => {
    const told = JSON.parse(line) as (typeof said)[number]
    said.push(told)
    if (told.started !== undefined) pids.push(told.started)
  })
  const heard = <T>(take: (told: (typeof said)[number]) => T | undefined): Promise<T> =>
    vi.waitFor(
      () => {
        const found = said.map(take).find((value) => value !== undefined)
        if (found === undefined) throw new Error(`not heard yet: ${JSON.stringify(said)}`)
        return found
      },
      { timeout: 30_000 },
    )
  return { child, ready: () => heard(({ ready }) => ready), started: () => heard(({ started }) => started) }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function log(spec: StartSpec): Promise<string> {
  return readFile(logPath(logs, spec), 'utf8')
}

async function answer({ host, port }: { readonly host: string; readonly port: number }) {
  return (await (await fetch(`http://${host}:${port}/`)).json()) as { pid: number }
}

describe('startDetached', () => {
  it('writes output to a file that only the user can read, and is recorded until it is stopped', async () => {
    const spec = specOf('http.mjs')
    const instance = await start(spec)
    expect((await answer(instance)).pid).toBe(instance.pid)
    const [record] = await listDetached(processes)
    const { host, port, portFixed, readyMs } = instance
    expect(record).toMatchObject({ kind: 'detached', id: spec.id, service: 'shop', release: 3, pid: instance.pid })
    expect(record?.reached).toEqual({ host, port, portFixed, readyMs })
    expect((await stat(logPath(logs, spec))).mode & 0o777).toBe(0o600)
    expect(instance.lastOutput()).toBe(`listening on ${port}`)
    expect(await instance.stop()).toEqual({ exit: { code: 0, signal: null }, killed: false })
    expect(await log(spec)).toBe(`listening on ${port}\nbye\n`)
    expect(await listDetached(processes)).toEqual([])
  })

  it('fails as a start in development does, with the output of this start alone', async () => {
    const spec = specOf('crash.mjs')
    const output = 'connecting to the database\ncannot connect: no route'
    await expect(start(spec)).rejects.toMatchObject({ code: 'HL4001', output })
    await expect(start(spec)).rejects.toMatchObject({ code: 'HL4001', output })
    expect(await log(spec)).toBe(output.repeat(2))
    const command = { kind: 'argv', argv: ['/does/not/exist'] } as const
    await expect(start(specOf('', { command }))).rejects.toMatchObject({ code: 'HL4003' })
    expect(await listDetached(processes)).toEqual([])
  })

  it('says where nothing can be kept', async () => {
    logs = path.join(apps, 'http.mjs')
    const error: unknown = await start(specOf('http.mjs')).catch((error: unknown) => error)
    expect(error instanceof HotlaneError && error.code).toBe('HL4007')
  })

  it('takes a message, and the sender never finds its channel closed', async () => {
    const script = `process.on('disconnect', () => console.log('cut')); process.send({ hotlane: 'ready' })
      let sent = 0; setInterval(() => process.send('more', () => console.log('sent ' + ++sent)), 5)`
    const command = { kind: 'argv', argv: [process.execPath, '-e', script] } as const
    const spec = specOf('', { command, ready: { kind: 'message' } })
    const { child, ready } = control(spec)
    const { pid } = await ready()
    await kill(child)
    const killed = await log(spec)
    await vi.waitFor(async () => expect((await log(spec)).slice(killed.length)).toMatch(/sent \d+\n(.*\n)*.*sent/))
    expect(await log(spec)).not.toContain('cut')
    expect(await adopted(spec.id)).toMatchObject({ pid, ready: true })
  })
})

describe('adopt', () => {
  it('takes over what a killed control process has started, and stops it with its children and strays', async () => {
    const spec = specOf('http.mjs')
    const { child, ready } = control(spec)
    const told = await ready()
    await kill(child)
    expect((await answer(told)).pid).toBe(told.pid)
    const instance = await adopted(spec.id)
    expect(instance).toMatchObject({ ...told, release: 3, portFixed: false, ready: true })
    expect(await instance.awaitReady(never)).toMatchObject(told)
    expect(instance.lastOutput()).toBe(`listening on ${told.port}`)
    expect(await instance.ports()).toBeLessThanOrEqual(1)
    expect(await instance.stop()).toEqual({ exit: { code: null, signal: null }, killed: false })
    expect(await log(spec)).toBe(`listening on ${told.port}\nbye\n`)
    expect(await listDetached(processes)).toEqual([])
    expect(await adopt(spec.id, { processes })).toBeUndefined()
  })

  it('ends a group whose members have left it', async () => {
    const spec = specOf('family.mjs', {
      ready: { kind: 'port', timeoutMs: 60_000 },
      stop: { signal: 'SIGTERM', graceMs: 50 },
    })
    const { child, started } = control(spec)
    await started()
    const family = await vi.waitFor(async () => JSON.parse(await log(spec)) as number[], { timeout: 30_000 })
    await kill(child)
    pids.push(...family)
    const instance = await adopted(spec.id)
    expect((await instance.stop()).killed).toBe(true)
    expect(family.filter(isAlive)).toEqual([])
  })

  it('tells the end of an instance, and ends what that leaves', async () => {
    const spec = specOf('http.mjs')
    const { child, ready } = control(spec)
    const { pid } = await ready()
    await kill(child)
    const instance = await adopted(spec.id)
    process.kill(pid, 'SIGKILL')
    expect(await instance.exited).toEqual({ code: null, signal: null })
    await vi.waitFor(async () => expect(await listDetached(processes)).toEqual([]))
  })

  it('leaves the record and log of one that died meanwhile, until it is forgotten', async () => {
    const spec = specOf('http.mjs')
    const { child, ready } = control(spec)
    const { pid } = await ready()
    await kill(child)
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false))
    expect(await adopt(spec.id, { processes })).toBeUndefined()
    expect(await listDetached(processes)).toMatchObject([{ id: spec.id }])
    expect(await log(spec)).toContain('listening on')
    const living = await start(specOf('http.mjs'))
    expect(await forgetDead({ processes }, never)).toMatchObject([{ id: spec.id }])
    expect(await listDetached(processes)).toMatchObject([{ id: living.id }])
    expect(isAlive(living.pid)).toBe(true)
  })

  it('waits for one that was about to become ready', async () => {
    const spec = specOf('http.mjs', { ready: { kind: 'http', path: '/healthz' }, env: { HEALTHY_AFTER: '20' } })
    const { child, started } = control(spec)
    const pid = await started()
    await vi.waitFor(async () => expect(await log(spec)).toContain('listening'), { timeout: 30_000 })
    await kill(child)
    const instance = await adopted(spec.id)
    expect(instance).toMatchObject({ pid, ready: false })
    const ready = await instance.awaitReady(never)
    expect((await answer(ready)).pid).toBe(pid)
    const [record] = await listDetached(processes)
    expect(record?.reached).toMatchObject({ port: ready.port })
  })

  it('gives up one that never becomes ready', async () => {
    const spec = specOf('idle.mjs')
    const { child, started } = control(spec)
    const pid = await started()
    await vi.waitFor(async () => expect(await log(spec)).toContain('idle'), { timeout: 30_000 })
    await kill(child)
    const [name = ''] = await readdir(processes)
    await writeRecord(name, { ready: { kind: 'auto', timeoutMs: 200 } })
    const instance = await adopted(spec.id)
    await expect(instance.awaitReady(never)).rejects.toMatchObject({ code: 'HL4002' })
    expect(isAlive(pid)).toBe(false)
    expect(await listDetached(processes)).toEqual([])
  })

  it('claims the private port of an adopted instance', async () => {
    const spec = specOf('idle.mjs', { ready: { kind: 'port' } })
    const { child, started } = control(spec)
    await started()
    await kill(child)
    await adopted(spec.id)
    const [record] = await listDetached(processes)
    const claims = await Promise.all(Array.from({ length: 200 }, () => claimPort()))
    expect(claims.map(({ port }) => port)).not.toContain(record?.privatePort)
    for (const claim of claims) claim.release()
  })

  it.runIf(process.platform === 'linux')('finds one that was spawned and not yet recorded', async () => {
    const spec = specOf('http.mjs')
    const { child, ready } = control(spec)
    const { pid } = await ready()
    await kill(child)
    const [name = ''] = await readdir(processes)
    await writeRecord(name, { pid: undefined, startTime: undefined, reached: undefined })
    const instance = await adopted(spec.id)
    expect(instance).toMatchObject({ pid, ready: false })
    expect((await instance.awaitReady(never)).pid).toBe(pid)
    expect(await listDetached(processes)).toMatchObject([{ pid }])
  })
})

/** Makes a record what it would be at another moment. */
async function writeRecord(name: string, change: object): Promise<void> {
  const record = JSON.parse(await readFile(path.join(processes, name), 'utf8')) as object
  await writeFile(path.join(processes, name), JSON.stringify({ ...record, ...change }))
}

describe('beside detached instances', () => {
  it('reaping leaves them alone, and development refuses to begin', async () => {
    const spec = specOf('http.mjs')
    const { child, ready } = control(spec)
    const { pid } = await ready()
    await kill(child)
    expect(await reap(processes, never)).toEqual([])
    expect(isAlive(pid)).toBe(true)
    await expect(refuseBesideDetached(processes, '/shop')).rejects.toMatchObject({
      code: 'HL4006',
      message: 'production instances run from /shop: shop',
    })
    await (await adopted(spec.id)).stop()
    await refuseBesideDetached(processes, '/shop')
  })
})

describe('parseRecord', () => {
  it('takes nothing that could name more than one process', () => {
    const record = { kind: 'detached', id: 'a', service: 's', release: 1, privatePort: 1, log: '/l', logStart: 0 }
    const whole = { ...record, ready: { kind: 'auto', timeoutMs: 1 }, stop: { signal: 'SIGTERM', graceMs: 1 } }
    expect(parseRecord(JSON.stringify(whole))).toEqual(whole)
    for (const pid of [0, 1, -1, 1.5, '7']) expect(parseRecord(JSON.stringify({ ...whole, pid }))).toBeUndefined()
    expect(parseRecord(JSON.stringify(record))).toBeUndefined()
    expect(parseRecord('{"kind"')).toBeUndefined()
  })
})

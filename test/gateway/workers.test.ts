import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import path from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { isAlive } from '../../src/support/group/processes.ts'
import { PostLoad } from './support/post-load.ts'
import { anywhere, never, originOf, tableOf, urlOf, WorkersStage } from './support/workers-stage.ts'

const control = path.resolve(import.meta.dirname, '../apps/gateway-control.mjs')

describe.skipIf(process.platform === 'win32')('gateway workers', () => {
  it('serve as many processes, of one table, and leave nothing behind', async () => {
    const stage = await WorkersStage.open()
    const workers = await stage.workers()
    const address = await workers.open(anywhere)
    await workers.install(tableOf(anywhere, await originOf()))
    const pids = workers.pids()
    expect(pids).toHaveLength(2)
    const load = new PostLoad(urlOf(address), { kept: 4, fresh: 4 })
    await load.further(400)
    await load.stop()
    expect(load.losses).toEqual([])
    const [reading] = await workers.read()
    expect(reading).toMatchObject({ service: 'shop', lane: 'stable' })
    expect(reading?.counters.requests).toBe(load.sent)
    expect(reading?.latency.counts.reduce((sum, count) => sum + count, 0)).toBe(load.sent)
    await workers.close(1000)
    expect(pids.filter(isAlive)).toEqual([])
    expect(await stage.files()).toEqual([])
  })

  it('drain a target in all of them, and end what is left at an abort', async () => {
    const stage = await WorkersStage.open()
    const workers = await stage.workers()
    const address = await workers.open(anywhere)
    let arrived = 0
    const silent = await originOf(() => void arrived++)
    await workers.install(tableOf(anywhere, silent, 1))
    const answers = Array.from({ length: 8 }, async () => (await fetch(urlOf(address))).text())
    const settled = Promise.allSettled(answers)
    await expect.poll(() => arrived).toBe(8)
    expect(await workers.inFlight('shop-1')).toBe(8)
    await workers.install(tableOf(anywhere, await originOf(), 2))
    const abort = new AbortController()
    const drained = workers.drain('shop-1', { requestsMs: 3_600_000, streamsMs: 3_600_000 }, abort.signal)
    abort.abort()
    expect(await drained).toMatchObject({ inFlight: 8, ended: 8 })
    expect((await settled).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'rejected'))
    expect(await workers.inFlight('shop-1')).toBe(0)
  })

  it('count as drained when they die', async () => {
    const stage = await WorkersStage.open()
    const workers = await stage.workers()
    const address = await workers.open(anywhere)
    let arrived = 0
    await workers.install(tableOf(anywhere, await originOf(() => void arrived++)))
    const answer = fetch(urlOf(address)).catch(() => 'cut')
    await expect.poll(() => arrived).toBe(1)
    const hour = 3_600_000
    const drained = workers.drain('shop-1', { requestsMs: hour, streamsMs: hour }, never)
    for (const pid of workers.pids()) process.kill(pid, 'SIGKILL')
    expect(await drained).toMatchObject({ ended: 0 })
    expect(await answer).toBe('cut')
    await stage.told('worker-started', 4)
    expect(await workers.inFlight('shop-1')).toBe(0)
  })

  it('cut nothing when their control goes in the midst of a drain, or when they hand over in the midst of a stream', async () => {
    const stage = await WorkersStage.open()
    const workers = await stage.workers()
    const address = await workers.open(anywhere)
    const waiting: ServerResponse[] = []
    const origin = await originOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
      waiting.push(response)
    })
    await workers.install(tableOf(anywhere, origin))
    const stream = await fetch(urlOf(address), { headers: { connection: 'close' } })
    const hour = 3_600_000
    const drained = workers.drain('shop-1', { requestsMs: hour, streamsMs: hour }, never)
    await workers[Symbol.asyncDispose]()
    expect(await drained).toMatchObject({ inFlight: 0 })
    const next = await stage.workers({ version: '2' })
    await next.install(tableOf(anywhere, await originOf(), 2))
    expect(await (await fetch(urlOf(address), { method: 'POST', body: 'new' })).text()).toBe('new')
    expect(await next.inFlight('shop-1')).toBe(1)
    for (const response of waiting) response.end('data: last\n\n')
    expect(await stream.text()).toBe('data: first\n\ndata: last\n\n')
    await stage.told('worker-ended', 2)
  })

  it('are replaced one by one when killed, and only what was in flight on the one is lost', async () => {
    const stage = await WorkersStage.open()
    const workers = await stage.workers({ workers: 1 })
    const address = await workers.open(anywhere)
    await workers.install(tableOf(anywhere, await originOf()))
    const load = new PostLoad(urlOf(address), { kept: 6, fresh: 2 })
    await load.further(200)
    await workers.read()
    const [pid = 0] = workers.pids()
    process.kill(pid, 'SIGKILL')
    const killedAt = performance.now()
    await stage.told('worker-started', 2)
    await load.further(200)
    await load.stop()
    // Nothing was refused: what came between the two has waited in the queue of the socket.
    expect(load.losses.filter(({ kind }) => kind === 'ECONNREFUSED')).toEqual([])
    expect(load.losses.filter(({ atMs, reused }) => atMs > killedAt && !reused)).toEqual([])
    expect(load.losses.length).toBeLessThanOrEqual(8)
    expect(stage.notes).toContainEqual({ kind: 'worker-died', pid, exit: 'SIGKILL' })
    const [reading] = await workers.read()
    expect(reading?.counters.requests).toBeGreaterThan(400 - 8)
    expect(reading?.counters.inFlight).toBe(0)
  })

  it('hand over to successors, again and again, and lose nothing', async () => {
    const stage = await WorkersStage.open()
    const workers = await stage.workers()
    const address = await workers.open(anywhere)
    const origin = await originOf()
    await workers.install(tableOf(anywhere, origin))
    const load = new PostLoad(urlOf(address), { kept: 6, fresh: 4 })
    await load.further(200)
    const seen = new Set(workers.pids())
    for (let release = 2; release <= 4; release++) {
      await workers.restart()
      await workers.install(tableOf(anywhere, origin, release))
      for (const pid of workers.pids()) seen.add(pid)
      await load.further(200)
    }
    await load.stop()
    expect(load.losses).toEqual([])
    expect(seen.size).toBe(8)
    await stage.told('worker-ended', 6)
    const [reading] = await workers.read()
    expect(reading?.counters.requests).toBe(load.sent)
  })

  it('open further addresses and shut them while they serve', async () => {
    const stage = await WorkersStage.open()
    const workers = await stage.workers()
    const origin = await originOf()
    const first = await workers.open(anywhere)
    await workers.install(tableOf(anywhere, origin))
    const load = new PostLoad(urlOf(first), { kept: 4, fresh: 2 })
    await load.further(100)
    const asked = { host: 'localhost', port: 0 }
    const second = await workers.open(asked)
    await workers.install({ entries: [...tableOf(anywhere, origin).entries, ...tableOf(asked, origin).entries] })
    expect(await (await fetch(urlOf(second), { method: 'POST', body: 'x' })).text()).toBe('x')
    await expect(workers.open({ host: '127.0.0.1', port: first.port })).rejects.toMatchObject({ code: 'HL5001' })
    await workers.shut(asked)
    await expect(fetch(urlOf(second))).rejects.toThrow('fetch failed')
    expect(workers.addresses()).toEqual([anywhere])
    await load.further(100)
    await load.stop()
    expect(load.losses).toEqual([])
  })

  it('go on when their control is killed, and are adopted, extended and upgraded by the next without a loss', async () => {
    const stage = await WorkersStage.open()
    const origin = await originOf()
    const child = fork(control, [stage.directory, String(origin)], { execArgv: [] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [port] = (await once(child, 'message')) as [number]
    const address = { host: '127.0.0.1', port }
    const load = new PostLoad(urlOf(address), { kept: 4, fresh: 4 })
    await load.further(100)
    const before = await stage.pids()
    child.kill('SIGKILL')
    await once(child, 'exit')
    await load.further(100)

    const same = await stage.workers({ workers: 1 })
    // One alone would take the socket along if it died, since only workers hold it now.
    expect(same.pids()).toEqual(expect.arrayContaining([...before]))
    expect(same.pids()).toHaveLength(2)
    expect(await same.open(anywhere)).toEqual(address)
    expect((await same.read())[0]?.counters.requests).toBeGreaterThanOrEqual(200)
    const [victim = 0] = before
    const further = await same.open({ host: 'localhost', port: 0 })
    expect(further.port).not.toBe(port)
    await load.further(100)
    expect(load.losses).toEqual([])

    const upgraded = await stage.workers({ workers: 2, version: '2' })
    await stage.told('superseded')
    await expect(same.inFlight('shop-1')).rejects.toMatchObject({ code: 'HL5005' })
    expect(upgraded.pids()).toHaveLength(2)
    expect(upgraded.pids()).not.toContain(victim)
    await upgraded.install(tableOf(anywhere, origin, 2))
    await load.further(100)
    await load.stop()
    expect(load.losses).toEqual([])
    await upgraded.close(1000)
    expect(await stage.files()).toEqual([])
  })

  it('bind their addresses anew when all of them have died and nobody was left to hold them', async () => {
    const stage = await WorkersStage.open()
    const origin = await originOf()
    const child = fork(control, [stage.directory, String(origin)], { execArgv: [] })
    const [port] = (await once(child, 'message')) as [number]
    child.kill('SIGKILL')
    await once(child, 'exit')
    const workers = await stage.workers()
    for (const pid of workers.pids()) process.kill(pid, 'SIGKILL')
    await stage.told('worker-started', 3)
    const url = urlOf({ host: '127.0.0.1', port })
    expect(await (await fetch(url, { method: 'POST', body: 'again' })).text()).toBe('again')
  })

  it('end their opening when it is aborted', async () => {
    const stage = await WorkersStage.open()
    const workers = await stage.workers()
    await workers.open(anywhere)
    await workers[Symbol.asyncDispose]()
    const reason = new Error('enough')
    const { openWorkers } = await import('../../src/gateway/workers/open-workers.ts')
    const settings = { directory: stage.directory, options: { tellRelease: true }, version: '1', told: () => undefined }
    await expect(openWorkers(settings, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect((await stage.pids()).filter(isAlive)).toHaveLength(2)
    await (await openWorkers({ ...settings, workers: 2 }, never)).close(0)
    expect(await stage.files()).toEqual([])
  })
})

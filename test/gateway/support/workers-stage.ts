import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { onTestFinished, vi } from 'vitest'

import { openWorkers, type WorkersSettings } from '../../../src/gateway/workers/open-workers.ts'
import type { Workers } from '../../../src/gateway/workers/fleet.ts'
import type { WorkerNote } from '../../../src/gateway/workers/note.ts'
import { readRecords } from '../../../src/gateway/workers/record.ts'
import type { ListenAddress } from '../../../src/model/service.ts'
import { listenerKey, type RoutingTable } from '../../../src/model/table.ts'
import { isAlive } from '../../../src/support/group/processes.ts'

export const never = new AbortController().signal
export const anywhere: ListenAddress = { host: '127.0.0.1', port: 0 }

/** A directory of workers; whatever still runs there when the test is over is ended, and was asked to be by the test. */
export class WorkersStage {
  readonly directory: string
  readonly notes: WorkerNote[] = []
  readonly #opened: Workers[] = []

  static async open(): Promise<WorkersStage> {
    const stage = new WorkersStage(await mkdtemp(path.join(tmpdir(), 'hotlane-workers-')))
    onTestFinished(() => stage.#end())
    return stage
  }

  private constructor(directory: string) {
    this.directory = directory
  }

  async workers(settings: Partial<WorkersSettings> = {}): Promise<Workers> {
    const workers = await openWorkers(
      {
        directory: this.directory,
        workers: 2,
        options: { tellRelease: true },
        version: '1',
        told: (note) => this.notes.push(note),
        ...settings,
      },
      never,
    )
    this.#opened.push(workers)
    return workers
  }

  /** Resolves when so many notes of the kind have been told. */
  async told(kind: WorkerNote['kind'], count = 1): Promise<void> {
    await vi.waitFor(
      () => {
        if (this.count(kind) < count) throw new Error(`${kind} was told ${this.count(kind)} times`)
      },
      { timeout: 30_000, interval: 5 },
    )
  }

  count(kind: WorkerNote['kind']): number {
    return this.notes.filter((note) => note.kind === kind).length
  }

  async pids(): Promise<readonly number[]> {
    return (await readRecords(this.directory)).map(({ pid }) => pid)
  }

  /** Names of files that workers leave while they run. */
  async files(): Promise<readonly string[]> {
    return (await readdir(this.directory)).filter((name) => name !== 'workers.log')
  }

  async #end(): Promise<void> {
    await Promise.all(this.#opened.map((workers) => workers[Symbol.asyncDispose]()))
    const pids = (await this.pids()).filter(isAlive)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => {
      if (pids.some(isAlive)) throw new Error('a worker lives')
    })
    await rm(this.directory, { recursive: true })
  }
}

/** An app that answers with what it gets, unless it is told another behaviour. */
export async function originOf(listener?: RequestListener): Promise<number> {
  const echo: RequestListener = (request, response) => void request.pipe(response)
  const server = createServer(listener ?? echo).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** All requests go to one port. */
export function tableOf(address: ListenAddress, port: number, release = 1): RoutingTable {
  return {
    entries: [
      {
        service: 'shop',
        listener: listenerKey(address),
        route: { path: '/' },
        lanes: [
          {
            name: 'stable',
            state: { kind: 'serve', release, targets: [{ id: `shop-${release}`, host: '127.0.0.1', port }] },
          },
        ],
        rules: [],
        hold: { maxRequests: 1000, maxMs: 30_000 },
        browserReload: false,
      },
    ],
  }
}

export function urlOf({ host, port }: ListenAddress): string {
  return `http://${host}:${port}/`
}

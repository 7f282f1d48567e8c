import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server as HttpServer } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

import type { DrainLimits, Gateway, GatewayOptions } from '../../../src/gateway/gateway.ts'
import type { ListenAddress, TlsFiles } from '../../../src/model/service.ts'
import type { HoldBounds, LaneState, TableEntry, Target } from '../../../src/model/table.ts'
import { listenerKey } from '../../../src/model/table.ts'
import { Queue } from '../../../src/support/queue.ts'
import { Scope } from '../../../src/support/scope.ts'
import { Peer } from './peer.ts'

export type CreateGateway = (options: GatewayOptions) => Gateway

export interface EntryOptions {
  readonly service?: string
  readonly path?: string
  readonly host?: string
  readonly hold?: HoldBounds
  readonly browserReload?: boolean
}

/** An origin whose bytes the test reads and writes itself. */
export interface RawOrigin {
  readonly port: number
  /** The next connection, in the order of their coming. */
  accept(): Promise<Peer>
  readonly connections: () => number
  /** Refuses from now on; connections that are open stay. */
  shut(): Promise<void>
}

export interface HttpOrigin {
  readonly port: number
  readonly server: HttpServer
  readonly connections: () => number
}

/** A gateway that listens, and what a behaviour needs around it. Everything ends with the stage. */
export class Stage implements AsyncDisposable {
  readonly gateway: Gateway
  readonly address: ListenAddress
  readonly #scope: Scope

  /** `tls`: clients come encrypted. */
  static async open(
    create: CreateGateway,
    options: GatewayOptions = { tellRelease: true },
    tls?: TlsFiles,
  ): Promise<Stage> {
    const scope = new Scope()
    const gateway = scope.own(create(options))
    const address = await gateway.open({ host: '127.0.0.1', port: 0, ...(tls === undefined ? {} : { tls }) })
    return new Stage(gateway, address, scope)
  }

  private constructor(gateway: Gateway, address: ListenAddress, scope: Scope) {
    this.gateway = gateway
    this.address = address
    this.#scope = scope
  }

  get url(): string {
    return `${this.address.tls === undefined ? 'http' : 'https'}://${this.address.host}:${this.address.port}`
  }

  entry(state: LaneState, options: EntryOptions = {}): TableEntry {
    return {
      service: options.service ?? 'shop',
      listener: listenerKey(this.address),
      route: { path: options.path ?? '/', ...(options.host === undefined ? {} : { host: options.host }) },
      lanes: [{ name: 'stable', state }],
      rules: [],
      hold: options.hold ?? { maxRequests: 1000, maxMs: 30_000 },
      browserReload: options.browserReload ?? false,
    }
  }

  /** Installs a table of one service. */
  install(lane: LaneState, options: EntryOptions = {}): void {
    this.gateway.install({ entries: [this.entry(lane, options)] })
  }

  /** Installs a table of one service that is served at a port; returns the target. */
  serve(port: number, options: EntryOptions & { readonly release?: number } = {}): Target {
    const release = options.release ?? 1
    const target = targetAt(port, release)
    this.install({ kind: 'serve', release, targets: [target] }, options)
    return target
  }

  async client(): Promise<Peer> {
    const { host, port, tls } = this.address
    const to = { host, port, allowHalfOpen: true }
    const socket = tls === undefined ? connect(to) : connectTls({ ...to, ca: readFileSync(tls.cert) })
    this.#scope.defer(() => socket.destroy())
    await once(socket, tls === undefined ? 'connect' : 'secureConnect')
    return new Peer(socket)
  }

  async rawOrigin(): Promise<RawOrigin> {
    const arrivals = new Queue<Peer>()
    let connections = 0
    const sockets = new Set<Socket>()
    const server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      connections++
      sockets.add(socket)
      arrivals.push(new Peer(socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    this.#scope.defer(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return {
      port: (server.address() as AddressInfo).port,
      connections: () => connections,
      accept: async () => {
        const next = await arrivals.next()
        if (next.done === true) throw new Error('the origin has ended')
        return next.value
      },
      shut: async () => {
        server.close()
        await new Promise((resolve) => setImmediate(resolve))
      },
    }
  }

  async httpOrigin(listener: RequestListener, port = 0): Promise<HttpOrigin> {
    let connections = 0
    const server = createServer(listener)
    server.on('connection', () => connections++)
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    this.#scope.defer(() => {
      server.close()
      server.closeAllConnections()
    })
    return { port: (server.address() as AddressInfo).port, server, connections: () => connections }
  }

  defer(closer: () => unknown): void {
    this.#scope.defer(closer)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope.close()
  }
}

/** A port at which nothing listens: it was free a moment ago. */
/** A drain in which streams get as long as requests. */
export function within(ms: number): DrainLimits {
  return { requestsMs: ms, streamsMs: ms }
}

export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export function targetAt(port: number, release = 1): Target {
  return { id: `${release}@${port}`, host: '127.0.0.1', port }
}

/** Polls a condition that has no event of its own; never used to let time pass. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

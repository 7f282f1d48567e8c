import { closeSync } from 'node:fs'

import type { ListenAddress } from '../../model/service.ts'
import { listenerKey, type RoutingTable } from '../../model/table.ts'
import { holdSocket, type HeldSocket } from '../../support/hold-socket.ts'
import type { Gateway } from '../gateway.ts'
import { listenError } from '../listen-error.ts'
import { type Hello, protocol, type Request, type SharedSocket, type WorkerSpec, type WorkerState } from './messages.ts'
import { writeReading, type WrittenReading } from './readings.ts'
import { spawnWorker } from './spawn-worker.ts'

/** Of the descriptors that a worker inherits. */
const firstDescriptor = 3

interface OwnSocket extends SharedSocket {
  readonly descriptor: number
  /** Keeps what was bound here; what was inherited needs nothing. */
  readonly held?: HeldSocket
  open: boolean
}

/** A gateway in a process of its own: does what a control asks. No control that comes or goes changes anything by that. */
export class Worker {
  readonly #spec: WorkerSpec
  readonly #gateway: Gateway
  readonly #sockets = new Map<string, OwnSocket>()
  readonly #drains = new Map<string, AbortController>()
  readonly #ended: () => void
  #table: RoutingTable = { entries: [] }
  #state: WorkerState = 'idle'
  #ending: Promise<void> | undefined

  /** `ended` is called when it has retired or closed, and nothing is left of it but figures. */
  constructor(spec: WorkerSpec, gateway: Gateway, ended: () => void) {
    this.#spec = spec
    this.#gateway = gateway
    this.#ended = ended
    for (const [index, socket] of spec.sockets.entries())
      this.#sockets.set(listenerKey(socket.asked), { ...socket, descriptor: firstDescriptor + index, open: false })
  }

  /** `asker` tells controls apart, which count their requests each from the start. */
  async answer(request: Request, asker: number): Promise<unknown> {
    switch (request.verb) {
      case 'hello':
        return this.#hello()
      case 'install':
        this.#table = request.table
        this.#gateway.install(request.table)
        return null
      case 'accept':
        return this.#accept()
      case 'bind':
        return this.#bind(request.address, request.port)
      case 'shut':
        return this.#shut(request.address)
      case 'inFlight':
        return this.#gateway.inFlight(request.target)
      case 'recorded':
        return this.#gateway.recorded(request.service)
      case 'drain':
        return this.#drain(request, `${asker} ${request.id}`)
      case 'abort':
        this.#drains.get(`${asker} ${request.of}`)?.abort()
        return null
      case 'read':
        return this.read()
      case 'spawn':
        return this.#spawn(request)
      case 'retire':
        return this.retire(request.graceMs)
      case 'close':
        return this.#close(request.graceMs)
    }
  }

  /** Accepts no more, and ends when nothing is left or the grace is over. */
  retire(graceMs: number): null {
    this.#state = 'retiring'
    if (this.#ending === undefined) {
      for (const socket of this.#sockets.values()) if (!socket.open) letGo(socket)
      this.#sockets.clear()
      this.#ending = this.#gateway.retire(graceMs).finally(this.#ended)
    }
    return null
  }

  read(): readonly WrittenReading[] {
    return this.#gateway.reading().map(writeReading)
  }

  #hello(): Hello {
    const { id, version, options } = this.#spec
    const sockets = [...this.#sockets.values()].map(({ asked, actual, open }) => ({ asked, actual, open }))
    return { protocol, id, pid: process.pid, version, options, state: this.#state, table: this.#table, sockets }
  }

  async #accept(): Promise<null> {
    this.#state = 'serving'
    for (const socket of this.#sockets.values()) {
      if (socket.open) continue
      await this.#gateway.open(socket.asked, socket.descriptor)
      socket.open = true
    }
    return null
  }

  async #bind(asked: ListenAddress, port = asked.port): Promise<ListenAddress> {
    const known = this.#sockets.get(listenerKey(asked))
    if (known !== undefined) return known.actual
    const held = await holdSocket(asked.host, port).catch((cause: unknown) => {
      throw listenError(asked, cause)
    })
    const actual = { ...asked, port: held.port }
    this.#sockets.set(listenerKey(asked), { asked, actual, descriptor: held.descriptor, held, open: false })
    return actual
  }

  async #shut(address: ListenAddress): Promise<null> {
    const key = listenerKey(address)
    const socket = this.#sockets.get(key)
    this.#sockets.delete(key)
    if (socket?.open === false) letGo(socket)
    await this.#gateway.shut(address)
    return null
  }

  async #drain({ target, limits }: Extract<Request, { verb: 'drain' }>, key: string): Promise<unknown> {
    const abort = new AbortController()
    this.#drains.set(key, abort)
    try {
      return await this.#gateway.drain(target, limits, abort.signal)
    } finally {
      this.#drains.delete(key)
    }
  }

  async #spawn({ argv, spec }: Extract<Request, { verb: 'spawn' }>): Promise<number> {
    const descriptors = spec.sockets.map(({ asked }) => {
      const socket = this.#sockets.get(listenerKey(asked))
      if (socket === undefined) throw new Error(`this worker does not hold ${listenerKey(asked)}`)
      return socket.descriptor
    })
    return (await spawnWorker(argv, spec, descriptors)).pid
  }

  async #close(graceMs: number): Promise<null> {
    this.#state = 'retiring'
    await this.#gateway.close(graceMs)
    this.#ending ??= Promise.resolve().then(this.#ended)
    return null
  }
}

/** A socket that a listener accepts from is closed by the listener. */
function letGo({ held, descriptor }: OwnSocket): void {
  if (held === undefined) closeSync(descriptor)
  else held.close()
}

import { createServer } from 'node:net'
import { once } from 'node:events'
import type { Emit } from '../../model/event.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import type { ListenAddress, Service } from '../../model/service.ts'
import { listenerKey } from '../../model/table.ts'
import { HotlaneError } from '../../support/errors.ts'
import { errnoOf } from '../../support/files.ts'
import { withHolder } from '../port-holder.ts'
import { publicUrl } from '../public-url.ts'
import type { DirectSockets } from './direct-sockets.ts'

/** How many ports above the default are tried where it is taken. */
const attempts = 20

/**
 * The public addresses: which service is found where. Several services share one where their routes differ. The gateway
 * listens there; for a service that accepts by itself a socket is held instead.
 */
export class Listeners {
  readonly #gateway: Pick<Gateway, 'open' | 'shut'>
  readonly #emit: Emit
  /** By service: the address at which it is found. */
  readonly #places = new Map<string, ListenAddress>()
  /** By the address that was asked for: the one that was opened. */
  readonly #opened = new Map<string, ListenAddress>()
  readonly #direct: DirectSockets

  constructor(gateway: Pick<Gateway, 'open' | 'shut'>, direct: DirectSockets, emit: Emit) {
    this.#gateway = gateway
    this.#direct = direct
    this.#emit = emit
  }

  /** Where a service is found. */
  place(service: string): ListenAddress {
    const place = this.#places.get(service)
    if (place === undefined) throw new TypeError(`service ${service} has no listener`)
    return place
  }

  url(service: Service): string {
    return publicUrl(this.place(service.name), service.route.path)
  }

  /** Opens the address that a service asks for. @throws HotlaneError HL5001 where the user chose it and it is taken */
  async open(service: Service): Promise<ListenAddress> {
    const { listen } = service
    const isOwn = listen.port === 0 || service.direct === true
    const shared = isOwn ? undefined : this.#opened.get(listenerKey(listen))
    const place = shared ?? (await this.#openNear(service, listen.port))
    if (!isOwn) this.#opened.set(listenerKey(listen), place)
    this.#places.set(service.name, place)
    const moved = listen.port !== 0 && place.port !== listen.port ? `port ${listen.port} is taken` : undefined
    this.#tell(service, moved)
    return place
  }

  /** Frees a port that the app insists on. False where the user chose the address, or another program holds the port. */
  async yield(service: Service, port: number | undefined): Promise<ListenAddress | undefined> {
    const place = this.place(service.name)
    if (service.direct === true || service.listen.fixed || (port !== undefined && port !== place.port)) return undefined
    await this.#gateway.shut(place)
    const moved = await this.#openNear(service, place.port + 1)
    this.#places.set(service.name, moved)
    this.#opened.set(listenerKey(service.listen), moved)
    this.#tell(service, `the app itself listens on port ${place.port}`)
    return moved
  }

  /** The gateway stops accepting everywhere. Services that accept by themselves do so until they end. */
  async shut(): Promise<void> {
    const ofGateway = [...this.#places].filter(([service]) => !this.#direct.has(service))
    const places = new Map(ofGateway.map(([, place]) => [listenerKey(place), place]))
    await Promise.all(Array.from(places.values(), (place) => this.#gateway.shut(place)))
  }

  /** Closes the listener of a service that is gone or asks for another one, unless others share it. */
  async close(service: string): Promise<void> {
    const place = this.#places.get(service)
    this.#places.delete(service)
    if (this.#direct.has(service)) return this.#direct.close(service)
    if (place === undefined || [...this.#places.values()].includes(place)) return
    for (const [asked, opened] of this.#opened) if (opened === place) this.#opened.delete(asked)
    await this.#gateway.shut(place)
  }

  async #openNear({ name, listen, direct }: Service, first: number): Promise<ListenAddress> {
    for (let attempt = 0; ; attempt++) {
      const port = first === 0 ? await freePort(listen.host) : first + attempt
      const { host, tls } = listen
      const address = { host, port, ...(tls === undefined ? {} : { tls }) }
      try {
        if (direct === true) await this.#direct.hold(name, address)
        else await this.#gateway.open(address)
        return address
      } catch (error) {
        const refused = error instanceof HotlaneError && error.code === 'HL5001'
        const taken = refused && errnoOf(error.cause) !== 'ERR_NO_HANDLES'
        if (!taken || (listen.fixed && first !== 0) || attempt === attempts) {
          throw taken ? await withHolder(error, address) : error
        }
      }
    }
  }

  #tell(service: Service, moved: string | undefined): void {
    this.#emit({
      type: 'gateway.listening',
      service: service.name,
      url: this.url(service),
      ...(moved === undefined ? {} : { moved }),
      ...(service.direct === true ? { direct: true } : {}),
    })
  }
}

/** The table names listeners by what was asked for, so port 0 is resolved before the gateway is asked. */
async function freePort(host: string): Promise<number> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return address !== null && typeof address === 'object' ? address.port : 0
}

import type { ListenAddress, Service } from '../model/service.ts'
import { listenerKey } from '../model/table.ts'
import type { Position } from '../support/errors.ts'
import { HotlaneError } from '../support/errors.ts'
import { formatListen, listenForms, parseListen } from './listen.ts'
import { describeValue, raise } from './problem.ts'

export interface Wanted {
  readonly service: Omit<Service, 'listen'>
  /** The service's own `listen`. */
  readonly listen?: string | number
}

export interface ListenPlace {
  /** Text of `--listen`. */
  readonly flag?: string
  /** `listen` of the project. */
  readonly listen?: string | number
  /** `PORT` of the environment; what is no port is passed over. */
  readonly port?: string
  readonly position: (path: string) => Position
}

export interface Addressed {
  readonly service: Service
  /** Where the address came from; undefined for what the settings say. */
  readonly from?: string
}

/**
 * Gives every service its public address: `--listen` (first service), its own `listen`, the project's, `PORT`, 8080. Who
 * has none of its own shares the address of the first where the routes differ, and else gets the next free port.
 * @throws HotlaneError HL1004 for what is no address, or two services with the same address and route; HL7001 for `--listen`
 */
export function resolveListen(wanted: readonly Wanted[], place: ListenPlace): readonly Addressed[] {
  const base = baseAddress(place)
  const taken = new Set<string>()
  const own = wanted.map((each, index) =>
    index === 0 && place.flag !== undefined ? undefined : ownAddress(each, place),
  )
  for (const [index, { service }] of wanted.entries()) {
    const address = own[index]
    if (address === undefined) continue
    const key = keyOf(address, service)
    if (taken.has(key) && address.port !== 0) conflict(service, address, place)
    taken.add(key)
  }
  // The same port of another host may be bound by a wildcard address already.
  const clashes = (port: number): boolean =>
    own.some((address) => address?.port === port && address.host !== base.address.host)
  let first = true
  return wanted.map(({ service }, index) => {
    const address = own[index]
    if (address !== undefined) return { service: { ...service, listen: { ...address, fixed: true } } }
    let { port } = base.address
    while (port !== 0 && (taken.has(keyOf({ ...base.address, port }, service)) || clashes(port))) port++
    taken.add(keyOf({ ...base.address, port }, service))
    const fixed = base.fixed && (first || port === base.address.port)
    first = false
    const from = port === base.address.port ? base.from : 'default'
    return {
      service: { ...service, listen: { ...base.address, port, fixed } },
      ...(from === undefined ? {} : { from }),
    }
  })
}

function baseAddress(place: ListenPlace): { address: ListenAddress; fixed: boolean; from?: string } {
  if (place.flag !== undefined) {
    const address = parseListen(place.flag)
    if (address === undefined) {
      const what = `--listen takes ${listenForms}, not ${JSON.stringify(place.flag)}`
      throw new HotlaneError('HL7001', { params: { what, help: 'hotlane dev --help' } })
    }
    return { address, fixed: true, from: 'flag --listen' }
  }
  if (place.listen !== undefined) return { address: read(place.listen, 'listen', place), fixed: true }
  const fromEnv = /^\d+$/.test(place.port ?? '') ? parseListen(String(place.port)) : undefined
  if (fromEnv !== undefined) return { address: fromEnv, fixed: true, from: 'environment PORT' }
  return { address: { host: '127.0.0.1', port: 8080 }, fixed: false, from: 'default' }
}

function ownAddress(wanted: Wanted, place: ListenPlace): ListenAddress | undefined {
  return wanted.listen === undefined ? undefined : read(wanted.listen, `services.${wanted.service.name}.listen`, place)
}

function read(text: string | number, key: string, place: ListenPlace): ListenAddress {
  const address = parseListen(text)
  if (address !== undefined) return address
  const params = { key, expected: listenForms, actual: describeValue(text) }
  throw new HotlaneError('HL1004', { params, position: place.position(key) })
}

function keyOf(address: ListenAddress, service: Omit<Service, 'listen'>): string {
  return `${listenerKey(address)} ${service.route.host ?? ''}${service.route.path}`
}

function conflict(service: Omit<Service, 'listen'>, address: ListenAddress, place: ListenPlace): void {
  const key = `services.${service.name}.listen`
  const expected = 'an address of its own, or the service should have a route of its own'
  raise([{ code: 'HL1004', params: { key, expected, actual: formatListen(address) }, position: place.position(key) }])
}

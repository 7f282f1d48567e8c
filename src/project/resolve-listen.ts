import type { ListenAddress, Service } from '../model/service.ts'
import { listenerKey } from '../model/table.ts'
import type { Position } from '../support/errors.ts'
import { HotlaneError } from '../support/errors.ts'
import { formatListen, listenForms, parseListen } from './listen.ts'
import { describeValue, raise } from './problem.ts'
import { resolveTls } from './resolve-tls.ts'
import type { ListenSettings } from './schema.ts'
import { Taken } from './taken.ts'

export interface Wanted {
  readonly service: Omit<Service, 'listen'>
  /** The service's own `listen`. */
  readonly listen?: ListenSettings
}

export interface ListenPlace {
  /** Text of `--listen`. */
  readonly flag?: string
  /** `listen` of the project. */
  readonly listen?: ListenSettings
  /** `PORT` of the environment; what is no port is passed over. */
  readonly port?: string
  readonly position: (path: string) => Position
  /** Directory to which the files of certificates are relative. */
  readonly base: string
  /** Root of the project, below which a development certificate is kept. */
  readonly root: string
}

export interface Addressed {
  readonly service: Service
  /** Where the address came from; undefined for what the settings say. */
  readonly from?: string
}

/**
 * Gives every service its public address: `--listen` (first service), its own `listen`, the project's, `PORT`, 8080. Who
 * has none of its own shares the address of the first where the routes differ, and else gets the next free port. The address
 * of a service that accepts by itself is nobody else's.
 * @throws HotlaneError HL1004 for what is no address, or two services with the same address and route; HL7001 for `--listen`
 */
export function resolveListen(wanted: readonly Wanted[], place: ListenPlace): readonly Addressed[] {
  const base = baseAddress(place)
  const taken = new Taken()
  const own = wanted.map((each, index) =>
    index === 0 && place.flag !== undefined ? undefined : ownAddress(each, place),
  )
  for (const [index, { service }] of wanted.entries()) {
    const address = own[index]
    if (address === undefined) continue
    const other = taken.by(address, service)
    if (other !== undefined) conflict(service, other, { ...place, address })
    taken.add(address, service)
  }
  // The same port of another host may be bound by a wildcard address already.
  const clashes = (port: number): boolean =>
    port !== 0 && own.some((address) => address?.port === port && address.host !== base.address.host)
  let first = true
  const addressed = wanted.map(({ service, listen }, index) => {
    const address = own[index]
    if (address !== undefined) return { service: { ...service, listen: { ...address, fixed: true } } }
    const tls = tlsOf(listen, `services.${service.name}.listen`, place)
    if (service.direct === true && base.address.tls !== undefined) notEncrypted(service, place)
    let { port } = base.address
    while (taken.by({ ...base.address, port }, service) !== undefined || clashes(port)) port++
    taken.add({ ...base.address, port }, service)
    const fixed = base.fixed && (first || port === base.address.port)
    first = false
    const from = port === base.address.port ? base.from : 'default'
    return {
      service: { ...service, listen: { ...base.address, ...tls, port, fixed } },
      ...(from === undefined ? {} : { from }),
    }
  })
  checkTls(addressed, place)
  return addressed
}

/** One address can only be encrypted for all of its services or for none, with one certificate. */
function checkTls(addressed: readonly Addressed[], place: ListenPlace): void {
  const known = new Map<string, string>()
  for (const { service } of addressed) {
    const key = listenerKey(service.listen)
    const tls = JSON.stringify(service.listen.tls ?? null)
    const before = known.get(key) ?? tls
    known.set(key, before)
    if (before === tls || service.listen.port === 0) continue
    const setting = `services.${service.name}.listen`
    const expected = 'with the same tls as another service at this address'
    const params = { key: setting, expected, actual: formatListen(service.listen) }
    raise([{ code: 'HL1004', params, position: place.position(setting) }])
  }
}

function baseAddress(place: ListenPlace): Base {
  const tls = tlsOf(place.listen, 'listen', place)
  if (place.flag !== undefined) {
    const address = parseListen(place.flag)
    if (address === undefined) {
      const what = `--listen takes ${listenForms}, not ${JSON.stringify(place.flag)}`
      throw new HotlaneError('HL7001', { params: { what, help: 'hotlane dev --help' } })
    }
    return { address: { ...address, ...tls }, fixed: true, from: 'flag --listen' }
  }
  const chosen = addressOf(place.listen)
  if (chosen !== undefined) return { address: { ...read(chosen, 'listen', place), ...tls }, fixed: true }
  const fromEnv = /^\d+$/.test(place.port ?? '') ? parseListen(String(place.port)) : undefined
  if (fromEnv !== undefined) return { address: { ...fromEnv, ...tls }, fixed: true, from: 'environment PORT' }
  return { address: { host: '127.0.0.1', port: 8080, ...tls }, fixed: false, from: 'default' }
}

interface Base {
  readonly address: ListenAddress
  readonly fixed: boolean
  readonly from?: string
}

function ownAddress({ service, listen }: Wanted, place: ListenPlace): ListenAddress | undefined {
  const key = `services.${service.name}.listen`
  const address = addressOf(listen)
  return address === undefined ? undefined : { ...read(address, key, place), ...tlsOf(listen, key, place) }
}

function addressOf(listen: ListenSettings | undefined): string | number | undefined {
  return typeof listen === 'object' ? listen.address : listen
}

function tlsOf(listen: ListenSettings | undefined, key: string, place: ListenPlace): Pick<ListenAddress, 'tls'> {
  if (typeof listen !== 'object' || listen.tls === undefined) return {}
  return { tls: resolveTls(listen.tls, `${key}.tls`, place) }
}

function read(text: string | number, key: string, place: ListenPlace): ListenAddress {
  const address = parseListen(text)
  if (address !== undefined) return address
  const params = { key, expected: listenForms, actual: describeValue(text) }
  throw new HotlaneError('HL1004', { params, position: place.position(key) })
}

function notEncrypted({ name }: Omit<Service, 'listen'>, { position }: ListenPlace): void {
  const key = `services.${name}.direct`
  const expected = 'false at an address with tls, or should have a "listen" of its own'
  raise([{ code: 'HL1004', params: { key, expected, actual: 'true' }, position: position(key) }])
}

function conflict(
  service: Omit<Service, 'listen'>,
  other: Omit<Service, 'listen'>,
  { address, position }: ListenPlace & { readonly address: ListenAddress },
): void {
  const key = `services.${service.name}.listen`
  const expected =
    service.direct === true || other.direct === true
      ? 'an address of its own, since one of "direct: true" cannot be shared'
      : 'an address of its own, or this one and a route of its own'
  raise([{ code: 'HL1004', params: { key, expected, actual: formatListen(address) }, position: position(key) }])
}

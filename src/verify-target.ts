import path from 'node:path'
import { ApiClient } from './api/client.ts'
import type { ApiPlace } from './api/connection.ts'
import { ProductionClient } from './api/production-client.ts'
import { locateSocket } from './inspect.ts'
import type { RolloutView } from './model/rollout.ts'
import type { ServiceStatus } from './model/status.ts'
import { HotlaneError } from './support/errors.ts'
import { nearest } from './support/nearest.ts'

/** A service of a running session. */
export interface SessionTarget {
  readonly service: string
  readonly client: ApiClient
  readonly status: (signal?: AbortSignal) => Promise<ServiceStatus | undefined>
  /** Builds and starts anew; resolves with what went wrong, if anything did. */
  readonly rebuild: (signal: AbortSignal) => Promise<string | undefined>
  readonly pids: () => Promise<readonly number[]>
  /** The rollout under way, else the last one; undefined before the first, and where there are none (`hotlane dev`). */
  readonly rollout: () => Promise<RolloutView | undefined>
}

export interface FoundTarget {
  readonly url: URL
  /** Absent for a URL that no session in the directory serves. */
  readonly session?: SessionTarget
}

/**
 * Where load goes: a URL as it is, or the address of a service of the session that serves the directory. Of a URL that the
 * session serves, the session is found too.
 * @throws HotlaneError HL7001 (no URL), HL7003 (no session, where one is needed), HL1007 (no such service)
 */
export async function locateTarget(
  directory: string,
  target: string | undefined,
  needsSession: boolean,
): Promise<FoundTarget> {
  const root = path.resolve(directory)
  const place = { socket: locateSocket(root, process.platform), directory: root }
  const client = new ApiClient(place)
  const url = target !== undefined && target.includes('://') ? parseUrl(target) : undefined
  const services = await client.status().then(
    (status) => status.services,
    (error: unknown) => {
      if (url !== undefined && !needsSession) return []
      throw error
    },
  )
  if (url !== undefined) {
    const served = services.find((service) => new URL(service.url).host === url.host)
    if (served === undefined && needsSession) throw unknownService(url.host, services)
    return served === undefined ? { url } : { url, session: sessionTarget(place, served.name) }
  }
  const service = services.find(({ name }) => target === undefined || name === target)
  if (service === undefined) throw unknownService(target ?? '', services)
  return { url: new URL(service.url), session: sessionTarget(place, service.name) }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new HotlaneError('HL7001', { params: { what: `${text} is no http or https address`, command: 'verify' } })
}

function unknownService(name: string, services: readonly ServiceStatus[]): HotlaneError {
  const known = services.map((service) => service.name)
  const near = nearest(name, known)
  const suggestion = near === undefined ? '' : `; did you mean ${near}?`
  return new HotlaneError('HL1007', { params: { name, suggestion, known: known.join(', ') } })
}

function sessionTarget(place: ApiPlace, service: string): SessionTarget {
  const client = new ApiClient(place)
  const statusOf = (services: readonly ServiceStatus[]): ServiceStatus | undefined =>
    services.find(({ name }) => name === service)
  const status = async (): Promise<ServiceStatus | undefined> => statusOf((await client.status()).services)
  return {
    service,
    client,
    status,
    rebuild: async (signal) => {
      const { services } = await client.rebuild(service, signal)
      return statusOf(services)?.error?.message
    },
    // A session that is being restarted itself cannot be asked for a moment.
    pids: async () => {
      const pid = await status().then(
        (known) => known?.serving?.pid,
        () => undefined,
      )
      return pid === undefined ? [] : [pid]
    },
    rollout: async () => {
      const { mode } = await client.session()
      return mode === 'production' ? new ProductionClient(place).rollout(service) : undefined
    },
  }
}

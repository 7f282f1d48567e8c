import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ApiClient } from './api/client.ts'
import { locateSocket } from './inspect.ts'
import type { Event } from './model/event.ts'
import type { ServiceStatus } from './model/status.ts'
import { HotlaneError } from './support/errors.ts'
import { nearest } from './support/nearest.ts'
import type { GcPause } from './verify/gc/gc-log.ts'
import { gcPauseIn } from './verify/gc/pause.ts'
import type { Observer } from './verify/run.ts'
import type { Switch } from './verify/timeline.ts'

/** A service of a running session. */
export interface SessionTarget {
  readonly service: string
  readonly client: ApiClient
  readonly status: (signal?: AbortSignal) => Promise<ServiceStatus | undefined>
  /** Builds and starts anew; resolves with what went wrong, if anything did. */
  readonly rebuild: (signal: AbortSignal) => Promise<string | undefined>
  readonly pids: () => Promise<readonly number[]>
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
  const client = new ApiClient({ socket: locateSocket(root, process.platform), directory: root })
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
    return served === undefined ? { url } : { url, session: sessionTarget(client, served.name) }
  }
  const service = services.find(({ name }) => target === undefined || name === target)
  if (service === undefined) throw unknownService(target ?? '', services)
  return { url: new URL(service.url), session: sessionTarget(client, service.name) }
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

function sessionTarget(client: ApiClient, service: string): SessionTarget {
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
  }
}

/** What a session has told by the end of a run. */
export interface ToldBySession {
  readonly switches: readonly Switch[]
  /** Absent where the session was restarted meanwhile: its counts began anew. */
  readonly gateway?: { readonly held: number; readonly lost: number }
}

/** Pause before a session that has ended is looked for again: it may be on its way back. */
const againMs = 200

/** Follows the events of a session: its switches, what its gateway held and lost, and the GC lines of its services. */
export async function followSession(
  { client, service, status }: SessionTarget,
  gc: GcPause[],
): Promise<{ readonly observe: Observer; readonly told: () => Promise<ToldBySession> }> {
  const lostBefore = (await status())?.lost ?? 0
  const switches: Switch[] = []
  let held = 0
  let broken = false
  const take = (event: Event, atMs: number): void => {
    if (event.type === 'service.switched' && event.service === service) {
      switches.push({ atMs, release: String(event.report.release) })
      held += event.report.held
    } else if (event.type === 'instance.output' && event.service === service) {
      const ms = gcPauseIn(event.line)
      if (ms !== undefined) gc.push({ atMs, ms })
    }
  }
  const observe: Observer = async (clock, signal) => {
    while (!signal.aborted) {
      try {
        for await (const event of client.events(signal)) take(event, clock.at(Date.parse(event.at)))
      } catch {
        // A session that ends or is not there is no fault of the run: it is what is being looked at.
      }
      if (signal.aborted) return
      broken = true
      await pause(againMs, undefined, { signal }).catch(() => undefined)
    }
  }
  const told = async (): Promise<ToldBySession> => {
    const now = await status().catch(() => undefined)
    if (broken || now === undefined) return { switches }
    return { switches, gateway: { held, lost: now.lost - lostBefore } }
  }
  return { observe, told }
}

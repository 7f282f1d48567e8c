import type { RecordedRequest } from '../model/recorded.ts'
import type { ListenAddress } from '../model/service.ts'
import type { RoutingTable } from '../model/table.ts'
import type { ErrorReport } from '../support/errors.ts'
import type { AccessLog } from './access-log.ts'
import type { LaneReading } from './data-plane.ts'
import type { HistogramCounts } from './histogram.ts'
import type { CertificateNews } from './tls/certificate.ts'

/**
 * Counters of a service, or of one of its lanes, since the gateway was made; they only rise, but for the two gauges. A
 * request counts for the lane that had it last, or where it waited.
 */
export interface ServiceCounters {
  /** Requests whose answer has begun, or that are over without one: the sum of `statusClasses`. */
  readonly requests: number
  /** By status class of the answer: index 1 to 5; index 0 counts requests that got no answer. */
  readonly statusClasses: readonly [number, number, number, number, number, number]
  /** Requests that a client lost by no fault of its own or the app's: refused, cut or answered in the app's stead (502, 503, 504). */
  readonly lost: number
  /** Requests that have waited for an instance. */
  readonly heldTotal: number
  /** Gauge: requests waiting now. */
  readonly held: number
  /** Gauge: requests and streams in flight now. */
  readonly inFlight: number
  /** Requests sent again on a fresh connection because nothing of them can have been executed. */
  readonly retried: number
  /** Answers that were cut before their end. */
  readonly resets: number
  /** Streams that are over: WebSockets, other upgrades, event streams. */
  readonly streams: number
  /** Bytes of requests that came from clients, and of answers that went to them, with heads and framing. */
  readonly bytesIn: number
  readonly bytesOut: number
}

/** Milliseconds from the start of a drain. */
export interface DrainLimits {
  /** Until requests are ended. */
  readonly requestsMs: number
  /**
   * Until the last of the streams is: WebSockets, other upgrades, event streams. They are ended one after the other over this
   * time, so that their clients do not come back all at once; 0 ends all of them now. At most `requestsMs` counts.
   */
  readonly streamsMs: number
}

export interface DrainResult {
  /** Requests and streams in flight when the drain began. */
  readonly inFlight: number
  /** Streams and requests that were ended by the drain. */
  readonly ended: number
  /** Of those, streams: their clients come back to whatever is routed now. */
  readonly streams: number
  readonly ms: number
}

/**
 * The data plane. It knows tables, not why they change. `install` is synchronous: a request either claimed a target of the
 * old table, and finishes there, or is routed by the new one.
 */
export interface Gateway extends AsyncDisposable {
  /**
   * Binds an address and returns the actual one (port 0 is resolved). With a descriptor, accepts from that socket, which is
   * bound to the address already. @throws HotlaneError HL5001, HL1009
   */
  open(address: ListenAddress, descriptor?: number): Promise<ListenAddress>
  /** Stops accepting on an address; requests in flight go on. */
  shut(address: ListenAddress): Promise<void>
  install(table: RoutingTable): void
  /** Requests and streams in flight on one target. */
  inFlight(target: string): number
  /**
   * Closes idle connections to a target that is no longer in the table and resolves when nothing is in flight on it. After
   * its limits ends what is left (WebSocket: close frame 1012). An abort ends it at once.
   */
  drain(target: string, limits: DrainLimits, signal: AbortSignal): Promise<DrainResult>
  /** Of all lanes together where none is named. Zeros of what nobody knows. */
  counters(service: string, lane?: string): ServiceCounters
  /** Microseconds from a request's head to the last byte of its answer; streams, and answers that were cut, are left out. */
  latency(service: string, lane?: string): HistogramCounts
  /** Names of the lanes of which there are figures: those in the table, and those that were. */
  lanes(service: string): readonly string[]
  /** All figures, lane by lane. */
  reading(): readonly LaneReading[]
  /** Safe requests that the first lane has answered lately; none of a service whose entry does not ask for it. */
  recorded(service: string): readonly RecordedRequest[]
  /**
   * Tells the open pages of a service to reload, and returns how many were told. To be called once straight after an
   * `install` that changed the service's release (pages that the new release has answered are not told again), and
   * whenever only files that pages load have changed (all are told).
   */
  reloadPages(service: string): number
  /** Shows an error over the open pages of a service, and on those loaded later, until it is cleared with undefined. */
  showError(service: string, error: ErrorReport | undefined): void
  /**
   * Stops accepting, as a gateway does that others take over from, and loses nothing by it: a kept connection stays for as
   * long as its client was told (`Keep-Alive: timeout=`), for a request may be on its way, and its next answer says
   * `Connection: close` (RFC 9112 section 9.6). Tables go on being heeded. Resolves when no connection is left; after
   * `graceMs` the rest is closed as by `close(0)`.
   */
  retire(graceMs: number): Promise<void>
  /** Stops accepting, answers held requests with 503, lets requests in flight finish until `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>
}

export interface GatewayOptions {
  /**
   * Tell in the response header `x-hotlane-release` which release answered, and in `x-hotlane-lane` by which lane, where
   * there is more than one (on in development).
   */
  readonly tellRelease: boolean
  /**
   * Addresses and networks (`10.0.0.0/8`) of proxies before this gateway, whose `X-Forwarded-*` fields are kept.
   * From all others they are replaced. None where absent.
   */
  readonly trustedProxies?: readonly string[]
  /** Replaces the usual limits of time. */
  readonly timeouts?: Partial<Timeouts>
  /** Connections of clients at once, in total and per address; more are closed as they come. No limit where absent. */
  readonly maxConnections?: number
  readonly maxConnectionsPerAddress?: number
  /** Told of requests when they are over; absent: of none. */
  readonly accessLog?: AccessLog
  /** Told when the certificate of a listener was renewed, or a changed one cannot be used. Must not throw. */
  readonly certificateNews?: (news: CertificateNews) => void
}

/** How long a client may take, in milliseconds. They are looked at a few times per second, and never early. */
export interface Timeouts {
  /** From the first byte of a head, or the start of a connection, until the head is whole. */
  readonly headMs: number
  /** Between two requests of a connection; told in `Keep-Alive`. */
  readonly idleMs: number
  /** Between two reads of a body that the origin is ready to take. */
  readonly bodyIdleMs: number
}

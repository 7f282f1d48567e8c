import type { ListenAddress } from '../model/service.ts'
import type { RoutingTable } from '../model/table.ts'
import type { ErrorReport } from '../support/errors.ts'

/** Counters of one service since the gateway was made; they only rise, but for the two gauges. */
export interface ServiceCounters {
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
}

/** Milliseconds from the start of a drain. */
export interface DrainLimits {
  /** Until requests are ended. */
  readonly requestsMs: number
  /** Until streams are: WebSockets, other upgrades, event streams. At most `requestsMs` counts. */
  readonly streamsMs: number
}

export interface DrainResult {
  /** Requests and streams in flight when the drain began. */
  readonly inFlight: number
  /** Streams and requests that were ended at the deadline. */
  readonly ended: number
  readonly ms: number
}

/**
 * The data plane. It knows tables, not why they change. `install` is synchronous: a request either claimed a target of the
 * old table, and finishes there, or is routed by the new one.
 */
export interface Gateway extends AsyncDisposable {
  /** Binds an address and returns the actual one (port 0 is resolved). @throws HotlaneError HL5001 */
  open(address: ListenAddress): Promise<ListenAddress>
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
  counters(service: string): ServiceCounters
  /**
   * Tells the open pages of a service to reload, and returns how many were told. To be called once straight after an
   * `install` that changed the service's release (pages that the new release has answered are not told again), and
   * whenever only files that pages load have changed (all are told).
   */
  reloadPages(service: string): number
  /** Shows an error over the open pages of a service, and on those loaded later, until it is cleared with undefined. */
  showError(service: string, error: ErrorReport | undefined): void
  /** Stops accepting, answers held requests with 503, lets requests in flight finish until `graceMs`, then cuts them. */
  close(graceMs: number): Promise<void>
}

export interface GatewayOptions {
  /** Tell in the response header `x-hotlane-release` which release answered (on in development). */
  readonly tellRelease: boolean
  /**
   * Addresses and networks (`10.0.0.0/8`) of proxies before this gateway, whose `X-Forwarded-*` fields are kept.
   * From all others they are replaced. None where absent.
   */
  readonly trustedProxies?: readonly string[]
}

import type { RecordSettings } from './recorded.ts'
import type { ListenAddress, Route } from './service.ts'

/** Where requests for one instance go. `id` is unique for the life of the gateway. */
export interface Target {
  readonly id: string
  readonly host: string
  readonly port: number
  /** It speaks HTTP/2 without TLS; HTTP/1.1 where absent. */
  readonly protocol?: 'h2c'
  /** The release that it runs, where that is not the one of its lane: a rolling change holds two of them at once. */
  readonly release?: number
}

/**
 * What a service's lane does with a request:
 * `serve` hands it to one of the targets; `hold` lets it wait within bounds; `refuse` answers 503 with the reason.
 */
export type LaneState =
  | { readonly kind: 'serve'; readonly release: number; readonly targets: readonly [Target, ...Target[]] }
  | { readonly kind: 'hold'; readonly why: string }
  | { readonly kind: 'refuse'; readonly why: string; readonly detail?: string }

export interface HoldBounds {
  readonly maxRequests: number
  readonly maxMs: number
}

/** A request that shows this reaches the lane, whatever the weights say; the first rule that matches wins. */
export interface LaneRule {
  readonly lane: string
  /** Where it is looked for. Header names match in any case; cookie names and query parameters exactly. */
  readonly kind: 'header' | 'cookie' | 'query'
  readonly name: string
  /** The exact value; any value where absent. */
  readonly value?: string
}

/**
 * What decides which share a client is in, so that it keeps to one version while the weights stay: a cookie that the gateway
 * sets, a header field that the user names, the client's address; or nothing: each request anew.
 */
export type StickyKey =
  | { readonly kind: 'cookie' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'address' }
  | { readonly kind: 'request' }

/** Name of the lane of whatever is not on trial. */
export const stableLane = 'stable'

/** A named way for requests inside a service. */
export interface LaneEntry {
  /** Unique within the service; it is told in a response header, so it has to be a token (RFC 9110 section 5.6.2). */
  readonly name: string
  readonly state: LaneState
}

export interface Share {
  readonly lane: string
  /** Of the clients, 10,000 is all. */
  readonly basisPoints: number
}

/** Clients that no rule has sent anywhere are shared out among lanes. */
export interface Split {
  /** What they leave goes to the first lane; what goes beyond 10,000 in sum is not heeded. */
  readonly shares: readonly Share[]
  readonly sticky: StickyKey
  /**
   * Clients are dealt out anew for each salt, so that not the same ones try every new release. It has to stay the same while
   * one release grows. The service's name where absent.
   */
  readonly salt?: string
}

/** One service in the table. */
export interface TableEntry {
  readonly service: string
  /** Key of the listener (`host:port` as asked for) at which the route is found. */
  readonly listener: string
  readonly route: Route
  /** The first takes whatever nothing else takes, and what another cannot serve. */
  readonly lanes: readonly [LaneEntry, ...LaneEntry[]]
  /** The first that matches decides. One for a lane that is not there, or cannot serve, sends to the first lane. */
  readonly rules: readonly LaneRule[]
  /** Absent: all goes to the first lane. */
  readonly split?: Split
  readonly hold: HoldBounds
  /** Inject the reload client into HTML answers to browsers. */
  readonly browserReload: boolean
  /** Keep safe requests of the first lane, to be put to a new release. None is kept where absent. */
  readonly record?: RecordSettings
}

/** Immutable; installed as a whole, synchronously. */
export interface RoutingTable {
  readonly entries: readonly TableEntry[]
}

/** Key of a listener in the table. */
export function listenerKey(address: ListenAddress): string {
  return `${address.host}:${address.port}`
}

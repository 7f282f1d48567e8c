import type { ListenAddress, Route } from './service.ts'

/** Where requests for one instance go. `id` is unique for the life of the gateway. */
export interface Target {
  readonly id: string
  readonly host: string
  readonly port: number
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

/** One service in the table. */
export interface TableEntry {
  readonly service: string
  /** Key of the listener (`host:port` as asked for) at which the route is found. */
  readonly listener: string
  readonly route: Route
  readonly lane: LaneState
  readonly hold: HoldBounds
  /** Inject the reload client into HTML answers to browsers. */
  readonly browserReload: boolean
}

/** Immutable; installed as a whole, synchronously. */
export interface RoutingTable {
  readonly entries: readonly TableEntry[]
}

/** Key of a listener in the table. */
export function listenerKey(address: ListenAddress): string {
  return `${address.host}:${address.port}`
}

import type { LoadStep } from '../model/verify.ts'
import type { Segment } from './schedule.ts'

/** Where load is sent. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** Value of the field Host. */
  readonly authority: string
}

/** Everything that the generator needs; plain data, for it goes to another process. */
export interface Plan {
  readonly target: Target
  readonly steps: readonly LoadStep[]
  /** Sent with every request; those of a step beat them. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * `open`: requests start when the schedule says, whatever became of those before. `closed`: each connection sends its
   * next request when it has its answer, as fast as it goes; a stall then hides the requests that it held up.
   */
  readonly pace:
    | { readonly kind: 'open'; readonly segments: readonly Segment[] }
    | { readonly kind: 'closed'; readonly durationMs: number }
  readonly connections: number
  /** Share of requests that open a connection of their own, 0 to 1. */
  readonly newConnections: number
  readonly maxRequests: number
  /** Prefix of every id. */
  readonly run: string
  /** Name of the field that carries the id. */
  readonly idHeader: string
  /** Name, in lower case, of the answer's field that tells the release. */
  readonly releaseHeader: string
}

/** The host as a socket takes it, for an http or https URL. */
export function targetOf(url: URL): Target {
  const tls = url.protocol === 'https:'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls,
    authority: url.host,
  }
}

import type { RecordedRequest } from '../../model/recorded.ts'
import type { ListenAddress } from '../../model/service.ts'
import type { RoutingTable } from '../../model/table.ts'
import type { ErrorReport } from '../../support/errors.ts'
import type { DrainLimits, DrainResult, GatewayOptions } from '../gateway.ts'
import type { AccessFileSettings } from './access-file.ts'
import type { WorkerNews } from './news.ts'
import type { WrittenReading } from './readings.ts'

/**
 * Version of what control and worker say to each other, one JSON object a line, over the worker's own socket. A newer control
 * has to be able to take over from workers of any earlier version, so `hello`, `install`, `bind`, `spawn`, `retire` and
 * `close` are never changed but by further fields. Of news only a control of version 2 or later is told.
 */
export const protocol = 2

/** Settings of a gateway as far as they go to another process. */
export interface WorkerOptions extends Omit<GatewayOptions, 'accessLog' | 'certificateNews'> {
  readonly accessLog?: AccessFileSettings
}

/** A listening socket that all workers accept from. */
export interface SharedSocket {
  readonly asked: ListenAddress
  readonly actual: ListenAddress
}

/** What a worker is started with. The sockets' descriptors are inherited from 3 on, in their order. */
export interface WorkerSpec {
  readonly id: string
  /** Absolute; where its record, its own socket and the log are. */
  readonly directory: string
  /** Of the program. */
  readonly version: string
  readonly options: WorkerOptions
  readonly sockets: readonly SharedSocket[]
}

/** `idle`: it has not accepted yet. `retiring`: it does not any more. */
export type WorkerState = 'idle' | 'serving' | 'retiring'

/** Everything that a control needs to know about a worker that it did not start. */
export interface Hello {
  readonly protocol: number
  readonly id: string
  readonly pid: number
  readonly version: string
  readonly options: WorkerOptions
  readonly state: WorkerState
  readonly table: RoutingTable
  readonly sockets: readonly (SharedSocket & { readonly open: boolean })[]
}

/** What a control asks, and what it is answered. */
export interface Calls {
  readonly hello: { readonly ask: { readonly protocol: number }; readonly answer: Hello }
  readonly install: { readonly ask: { readonly table: RoutingTable }; readonly answer: null }
  /** Accepts from all sockets that it has. */
  readonly accept: { readonly ask: object; readonly answer: null }
  /** Binds a further socket, which its siblings then inherit; to `port` where one is given. Answers the actual address. */
  readonly bind: {
    readonly ask: { readonly address: ListenAddress; readonly port?: number }
    readonly answer: ListenAddress
  }
  readonly shut: { readonly ask: { readonly address: ListenAddress }; readonly answer: null }
  readonly inFlight: { readonly ask: { readonly target: string }; readonly answer: number }
  readonly recorded: { readonly ask: { readonly service: string }; readonly answer: readonly RecordedRequest[] }
  readonly drain: {
    readonly ask: { readonly target: string; readonly limits: DrainLimits }
    readonly answer: DrainResult
  }
  /** Aborts the drain that was asked for with this id. */
  readonly abort: { readonly ask: { readonly of: number }; readonly answer: null }
  readonly read: { readonly ask: object; readonly answer: readonly WrittenReading[] }
  /** Starts a sibling with the descriptors of the spec's sockets; answers its pid. */
  readonly spawn: {
    readonly ask: { readonly argv: readonly string[]; readonly spec: WorkerSpec }
    readonly answer: number
  }
  /** Answered when it accepts no more; it ends when nothing is left. */
  readonly retire: { readonly ask: { readonly graceMs: number }; readonly answer: null }
  readonly close: { readonly ask: { readonly graceMs: number }; readonly answer: null }
}

export type Verb = keyof Calls

export type Request = { readonly [V in Verb]: { readonly id: number; readonly verb: V } & Calls[V]['ask'] }[Verb]

/** What a worker says. Only answers have an id. */
export type Tiding =
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: ErrorReport }
  /** Its figures, when they have changed; the last ones where `last` is set, before it ends in an orderly way. */
  | { readonly tell: 'reading'; readonly lanes: readonly WrittenReading[]; readonly last: boolean }
  | { readonly tell: 'news'; readonly news: WorkerNews }
  /** Another control has taken over. */
  | { readonly tell: 'superseded' }

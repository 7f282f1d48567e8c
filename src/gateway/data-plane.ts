import type { RecordedRequest } from '../model/recorded.ts'
import type { ListenAddress } from '../model/service.ts'
import type { RoutingTable } from '../model/table.ts'
import type { DrainLimits, DrainResult, ServiceCounters } from './gateway.ts'
import type { HistogramCounts } from './histogram.ts'

/** The figures of one lane, added up over all workers, those that have died included. They only rise, but for the gauges. */
export interface LaneReading {
  readonly service: string
  readonly lane: string
  readonly counters: ServiceCounters
  readonly latency: HistogramCounts
}

/**
 * The gateway as a control plane sees it when it runs elsewhere: the same verbs, answered by every worker. Losing this
 * object, or the process that holds it, changes nothing for requests.
 */
export interface DataPlane extends AsyncDisposable {
  /** Listens in every worker and returns the actual address (port 0 is resolved). @throws HotlaneError HL5001 */
  open(address: ListenAddress): Promise<ListenAddress>
  /** Stops accepting on an address; requests in flight go on. */
  shut(address: ListenAddress): Promise<void>
  /** Resolves when every worker routes by the table. */
  install(table: RoutingTable): Promise<void>
  /** Requests and streams in flight on one target, in all workers. */
  inFlight(target: string): Promise<number>
  /** As `Gateway.drain`, in all workers: nothing is in flight on the target when it resolves. */
  drain(target: string, limits: DrainLimits, signal: AbortSignal): Promise<DrainResult>
  read(): Promise<readonly LaneReading[]>
  /** As `Gateway.recorded`, of all workers. */
  recorded(service: string): Promise<readonly RecordedRequest[]>
  /** Ends the workers, as `Gateway.close`. Disposing of the object instead leaves them at work. */
  close(graceMs: number): Promise<void>
}

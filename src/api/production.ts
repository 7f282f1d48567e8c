import type { Strategy } from '../model/plan.ts'
import type { Release } from '../model/release.ts'
import type { ErrorReport } from '../support/errors.ts'
import type { RolloutReport, RolloutView } from '../model/rollout.ts'

export interface DeployRequest {
  readonly service: string
  /** Absolute path of a program to take instead of building one. */
  readonly artifact?: string
  readonly strategy?: Strategy
  /** Wait for a rollout of the same service that is under way, instead of being refused. */
  readonly queue?: boolean
}

export interface ReleaseView {
  readonly number: number
  readonly madeAt: string
  readonly artifact: string
  readonly origin: Release['origin']
  readonly strategy: Strategy
  /** `serving`: has the traffic; `warm`: can be had back at once; `trial`: on its way. */
  readonly state: 'serving' | 'trial' | 'warm' | 'kept' | 'failed'
  readonly note?: string
}

/** One instance or gateway worker as `hotlane status` tells it. */
export interface InstanceView {
  readonly lane: string
  readonly release: number
  readonly pid: number
  readonly port: number
  readonly state: 'starting' | 'ready' | 'draining' | 'warm' | 'exited'
  readonly inFlight: number
}

export interface ProductionServiceView {
  readonly name: string
  readonly url: string
  readonly serving?: number
  readonly instances: readonly InstanceView[]
  readonly lanes: readonly {
    readonly lane: string
    readonly release: number
    readonly basisPoints: number
    readonly requests: number
    readonly errors: number
    readonly inFlight: number
    readonly p99Ms: number | null
  }[]
  readonly lost: number
  readonly held: number
  readonly rollout?: RolloutView
  /** What stands in the way of the last deploy, or of a first release, if anything. */
  readonly error?: ErrorReport
}

export interface ProductionStatus {
  readonly pid: number
  readonly root: string
  readonly version: string
  readonly workers: readonly { readonly pid: number; readonly version: string }[]
  readonly services: readonly ProductionServiceView[]
}

/** Which lines of output are wanted; of all services, lanes and releases where none is named. */
export interface LogsRequest {
  readonly service?: string
  readonly lane?: string
  readonly release?: number
  /** How many of those that are kept, the latest. */
  readonly lines: number
  readonly follow: boolean
}

/** A line of a service's output, as kept in its log files. */
export interface LogLine {
  readonly service: string
  readonly lane: string
  readonly release: number
  /** Absent where the process has ended. */
  readonly pid?: number
  readonly line: string
}

/** One difference of two releases: `environment.SHOP_SECRET` (values of secrets are never told), `artifact.hash`, … */
export interface ReleaseDifference {
  readonly key: string
  readonly before?: string
  readonly after?: string
}

/** What the API can ask of a running `hotlane up`, besides what it can ask of any session. */
export interface ProductionControl {
  readonly production: () => Promise<ProductionStatus>
  /** Names of the services in the settings as they are now: what `deploy` can be asked for. @throws HotlaneError HL1001 … */
  readonly declared: () => Promise<readonly string[]>
  /** Resolves when the release is made and its rollout begins; it goes on whoever listens. @throws HotlaneError HL6101 … */
  readonly deploy: (asked: DeployRequest) => Promise<RolloutView>
  /** Ends what a rollout waits for: an approval, a pause, a judgement, a preview. `full`: straight to the whole traffic. */
  readonly promote: (service: string, full: boolean) => Promise<RolloutView>
  readonly pause: (service: string) => Promise<RolloutView>
  readonly resume: (service: string) => Promise<RolloutView>
  readonly abort: (service: string) => Promise<RolloutView>
  /** To the release before, or the one named; in the warm window a change of the table, else a deploy of the old artifact. */
  readonly rollback: (service: string, release?: number) => Promise<RolloutView>
  readonly releases: (service: string) => Promise<readonly ReleaseView[]>
  readonly diff: (service: string, before: number, after: number) => Promise<readonly ReleaseDifference[]>
  readonly report: (service: string, release: number) => Promise<RolloutReport>
  readonly rollout: (service: string) => Promise<RolloutView | undefined>
  /** Lines kept so far, then, if `follow`, those to come until the signal. */
  readonly logs: (asked: LogsRequest, signal: AbortSignal) => AsyncIterable<LogLine>
  /** Ends everything: gateway, instances, control process. */
  readonly down: () => Promise<void>
}

import type { BuildInputs, Builder } from '../build/builder.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Artifact } from '../model/artifact.ts'
import type { Emit } from '../model/event.ts'
import type { Service } from '../model/service.ts'
import type { Instance } from '../supervise/instance.ts'
import type { Routes } from './routes.ts'

/** How a lane reaches the mechanisms; the composition root fills it in. */
export interface LaneContext {
  readonly service: Service
  readonly builder: Builder
  readonly gateway: Gateway
  readonly routes: Routes
  readonly emit: Emit
  /** Steps before a build. @throws HotlaneError HL3004 */
  readonly before: (signal: AbortSignal) => Promise<void>
  /** `beside` is the instance that goes on running meanwhile. @throws HotlaneError HL4001 to HL4005 */
  readonly start: (launch: Launch, signal: AbortSignal) => Promise<Instance>
  /** Steps after a switch; their failure is told, and changes nothing. */
  readonly after: () => Promise<void>
  /**
   * The app insists on the port that the gateway listens on: moves the gateway elsewhere and returns true, or returns
   * false where the user chose the address.
   */
  readonly yieldPort: (port: number | undefined) => Promise<boolean>
  /** Which port a failed start could not bind. */
  readonly portInUse: (error: unknown) => number | undefined
  /** Told what the build depends on, each time that the toolchain has been asked. */
  readonly learnt: (inputs: BuildInputs) => void
  /** Where the service is found, for the line about a port of the app's own. */
  readonly publicUrl: () => string
  /** Aborted when everything is to end at once. */
  readonly now: AbortSignal
}

/** An instance to be started. */
export interface Launch {
  readonly artifact: Artifact
  readonly release: number
  readonly beside?: Instance
}

/** What a change asks of a lane. */
export interface Work {
  readonly build: boolean
  /** Start a new instance even where the artifact is the same. */
  readonly restart: boolean
  /** `performance.now()` of the save. */
  readonly savedAt?: number
}

/** The release that gets traffic. */
export interface Serving {
  readonly artifact: Artifact
  readonly instance: Instance
  readonly release: number
}

import type { ErrorReport } from '../support/errors.ts'

/** One service as `hotlane status` and the API tell it. */
export interface ServiceStatus {
  readonly name: string
  readonly url: string
  /** Absent while nothing serves. */
  readonly serving?: { readonly release: number; readonly pid: number; readonly artifact: string }
  /** What stands in the way of the last change, if anything. */
  readonly error?: ErrorReport
  readonly requests: number
  readonly lost: number
  readonly inFlight: number
  readonly held: number
}

export interface Status {
  readonly pid: number
  readonly root: string
  readonly source: string
  readonly services: readonly ServiceStatus[]
}

import type { DataPlane } from '../../gateway/data-plane.ts'
import type { Emit } from '../../model/event.ts'
import type { Project } from '../../model/project.ts'
import type { RouteBoard } from '../../rollout/staged/board.ts'
import type { Ledger } from '../../rollout/staged/ledger.ts'
import type { Releases } from '../../store/releases.ts'
import type { Reports } from '../../store/reports.ts'
import type { StateDirectory } from '../../store/state.ts'
import type { Addresses } from './addresses.ts'

/** What all services of `hotlane up` share. */
export interface Plant {
  readonly state: StateDirectory
  readonly plane: DataPlane
  readonly board: RouteBoard
  readonly ledger: Ledger
  readonly releases: Releases
  readonly reports: Reports
  readonly addresses: Addresses
  /** As it was read last. */
  readonly project: () => Project
  /** The environment of the machine. */
  readonly real: Readonly<Record<string, string>>
  readonly emit: Emit
  /** One at a time: nothing is collected while a release that needs it is made. */
  readonly making: <T>(task: () => Promise<T>) => Promise<T>
  /** Aborted when instances are to be killed without grace. */
  readonly now: AbortSignal
}

import type { DataPlane } from '../../gateway/data-plane.ts'
import type { Emit } from '../../model/event.ts'
import type { Project } from '../../model/project.ts'
import type { RouteBoard } from '../../rollout/staged/board.ts'
import type { RolloutJournal } from '../../rollout/staged/context.ts'
import type { Releases } from '../../store/releases.ts'
import type { Reports } from '../../store/reports.ts'
import type { StateDirectory } from '../../store/state.ts'
import type { Listeners } from '../listeners.ts'

/** What all services of `hotlane up` share. */
export interface Plant {
  readonly state: StateDirectory
  readonly plane: DataPlane
  readonly board: RouteBoard
  readonly journal: RolloutJournal
  readonly releases: Releases
  readonly reports: Reports
  readonly listeners: Listeners
  /** As it was read last. */
  readonly project: () => Project
  /** The environment of the machine. */
  readonly real: Readonly<Record<string, string>>
  readonly emit: Emit
  /** Aborted when everything is to end at once. */
  readonly now: AbortSignal
}

/** One process of this machine as the platform's table tells it. */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  /** Id of its process group: the pid of the group's first process. */
  readonly group: number
  /** When it began, in the platform's own unit: only to be compared with another of this machine since its boot. */
  readonly began: number
  /** Ended, but not yet collected by its parent. */
  readonly dead: boolean
}

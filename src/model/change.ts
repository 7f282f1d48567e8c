/** What happened to one file, by content: a file that was written with the content it had is in no ChangeSet. */
export interface FileChange {
  /** Absolute, as seen below the watched root that the user named. */
  readonly path: string
  readonly kind: 'added' | 'changed' | 'removed'
}

/** Files that changed together. Never empty; at most one entry per path. */
export interface ChangeSet {
  readonly files: readonly FileChange[]
  /** `performance.now()` of the first event of the burst, from which save-to-served is counted. */
  readonly firstEventAt: number
}

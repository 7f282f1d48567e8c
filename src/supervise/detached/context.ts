export interface DetachedContext {
  /** Directory that lists running process groups; that of `SuperviseContext`. */
  readonly processes: string
  /** Directory of log files, `model/log-file.ts`. */
  readonly logs: string
  readonly started: (pid: number, port: number) => void
}

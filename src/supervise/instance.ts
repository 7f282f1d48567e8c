import type { Exit } from '../model/instance.ts'
import type { InheritedSocket } from './activation/protocol.ts'
import type { Command, Ready, StopPolicy } from '../model/service.ts'

export interface StartSpec {
  /** Unique on this machine, over time too; set as `HOTLANE_INSTANCE` in the process's environment; by it stray descendants are found. */
  readonly id: string
  readonly service: string
  readonly release: number
  readonly command: Command
  /** Appended to the command as separate arguments, never parsed by a shell again. */
  readonly args: readonly string[]
  readonly directory: string
  /** Complete environment but for `PORT`, `HOST`-less; `start` adds `PORT` and `HOTLANE_*`. */
  readonly env: Readonly<Record<string, string>>
  readonly ready: Ready
  readonly stop: StopPolicy
  /** A port on which the app is known to listen whatever `PORT` says. */
  readonly appPort?: number
  /**
   * On how many ports the instance that it replaces listens. It is ready only when it listens on as many, since a port of
   * the app's own, beside the one for requests, may be taken by that instance. Not waited for longer than a second.
   */
  readonly ports?: number
  /** Listening sockets that the process is handed; it is then told of them (sd_listen_fds). */
  readonly inherits?: readonly InheritedSocket[]
  /** Give the process hotlane's stdin. */
  readonly stdin: boolean
  /** Ask for colour (`FORCE_COLOR`, `CLICOLOR_FORCE`) since hotlane's own output goes to a terminal. */
  readonly color: boolean
}

export interface StopResult {
  readonly exit: Exit
  /** True where SIGKILL was needed. */
  readonly killed: boolean
}

/** One process group of a release. */
export interface Instance {
  readonly id: string
  readonly pid: number
  readonly release: number
  /** Where it is reached. */
  readonly host: string
  readonly port: number
  /** True where the app listens on a port of its own choice instead of `PORT`. */
  readonly portFixed: boolean
  /** From spawn to ready. */
  readonly readyMs: number
  /**
   * Resolves when the main process has ended, for whatever reason, and all that it wrote has been told. What it leaves
   * behind is then ended as by `stop`.
   */
  readonly exited: Promise<Exit>
  /** On how many ports it listens; 0 where the platform does not tell. */
  readonly ports: () => Promise<number>
  /** The last lines of output, both streams, at most 8 KiB. */
  readonly lastOutput: () => string
  /**
   * Signals the whole group, waits until the group (and strays marked with its id) is gone, kills after the grace.
   * Repeated calls share one stop; an abort of `now` kills at once.
   */
  stop(now?: AbortSignal): Promise<StopResult>
}

export interface SuperviseContext {
  /** Directory that lists running process groups, `.hotlane/processes`, for reaping after a crash of hotlane. */
  readonly processes: string
  readonly output: (pid: number, stream: 'stdout' | 'stderr', line: string) => void
  readonly started: (pid: number, port: number) => void
}

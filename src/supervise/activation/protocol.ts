import { platform } from 'node:process'

/** A listening socket that a process finds at descriptor 3 and on, in order. */
export interface InheritedSocket {
  /** In this process. */
  readonly descriptor: number
  /** By which a program tells several apart; without a colon. */
  readonly name: string
}

/**
 * The variables of sd_listen_fds(3), all but `LISTEN_PID`.
 * https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
 */
export function activationVariables(sockets: readonly InheritedSocket[]): Readonly<Record<string, string>> {
  if (sockets.length === 0) return {}
  return { LISTEN_FDS: String(sockets.length), LISTEN_FDNAMES: sockets.map(({ name }) => name).join(':') }
}

/**
 * `LISTEN_PID` has to be the pid of the very process that takes the sockets, which nobody knows before it exists: so a shell
 * sets it, and becomes the program. A line of shell is one more process, unless it begins with `exec`.
 */
export function activatedArgv(
  argv: readonly [string, ...string[]],
  sockets: readonly InheritedSocket[],
): readonly [string, ...string[]] {
  if (sockets.length === 0 || platform === 'win32') return argv
  return ['/bin/sh', '-c', 'LISTEN_PID=$$; export LISTEN_PID; exec "$@"', 'sh', ...argv]
}

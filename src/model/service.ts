/** A program to run. `argv` needs no shell; `shell` is a line that the user wrote for one (`/bin/sh -c`). */
export type Command =
  | { readonly kind: 'argv'; readonly argv: readonly [string, ...string[]]; readonly directory?: string }
  | { readonly kind: 'shell'; readonly line: string; readonly directory?: string }

/** How the artifact of a service comes to be. All paths are absolute. */
export type Build =
  | {
      readonly kind: 'go'
      /** Directory in which `go build` runs (inside the module). */
      readonly directory: string
      /** Package to build, as `go build` takes it: `.`, `./cmd/api`. */
      readonly package: string
      /** Flags of the user's for `go build` (`-tags`, `-ldflags`, …), without `-o`. */
      readonly flags: readonly string[]
      readonly env: Readonly<Record<string, string>>
      /** Built for a debugger, and run by delve, which listens on this port of the local host. */
      readonly debug?: { readonly port: number }
      /** Built with the race detector. */
      readonly race?: boolean
      /** Keep the symbol table and DWARF, which cost time at each build, without all else that `debug` does. */
      readonly symbols?: boolean
    }
  | {
      readonly kind: 'command'
      readonly command: Command
      /** File that the command writes and that is run or hashed; absent where nothing single is written. */
      readonly output?: string
      /** Show the output of a successful build too. */
      readonly verbose?: boolean
    }
  /** Nothing is built: the run command is given as it is (Node, Python, a script). */
  | { readonly kind: 'none' }

/** How the process is started. */
export type Run =
  /** The artifact itself, with the service's args. */
  | { readonly kind: 'artifact' }
  /** A command; an argument or word that equals the build's output path is replaced by the artifact's path. */
  | { readonly kind: 'command'; readonly command: Command }

/**
 * When an instance is ready. `auto`: a message over IPC or an HTTP path where one is configured, else the port accepts.
 * Whatever the way, only this instance's own process group can make it ready.
 */
export interface Ready {
  readonly kind: 'auto' | 'message' | 'http' | 'port'
  /** Path of the probe, for `http`; any 2xx or 3xx answer is ready. */
  readonly path?: string
  readonly timeoutMs: number
}

/** Globs are gitignore-style, relative to the service's directory, forward slashes. */
export interface WatchRules {
  /** Absolute directories that are watched, recursively. */
  readonly roots: readonly string[]
  /** If not empty, only files that match one of these cause anything. */
  readonly include: readonly string[]
  readonly ignore: readonly string[]
  /** Regular expressions on the absolute path (air's `exclude_regex`). */
  readonly ignorePatterns: readonly string[]
  /** Whether `.gitignore` files are honoured. Importers of tools that do not honour them say false. */
  readonly gitignore: boolean
  readonly followLinks: boolean
}

export type RuleAction = 'run' | 'reload' | 'restart' | 'rebuild'

/** What a change of certain files does, instead of what hotlane would do. The first rule that matches wins. */
export interface Rule {
  readonly name: string
  /** Gitignore-style globs relative to the service's directory. */
  readonly inputs: readonly string[]
  /** Regular expressions on the absolute path that exempt a file. */
  readonly ignorePatterns: readonly string[]
  readonly command?: Command
  /** Globs of files that the command writes. Their change by the command is not a trigger of the same rule. */
  readonly outputs: readonly string[]
  /** Done after the command has succeeded; `run` does no more than the command. */
  readonly action: RuleAction
}

export interface StopPolicy {
  readonly signal: NodeJS.Signals
  /** From the signal to SIGKILL. */
  readonly graceMs: number
}

/** What a route matches: an exact host (any if absent) and a path prefix at a segment boundary. */
export interface Route {
  readonly host?: string
  readonly path: string
}

/** Where a certificate and its private key are found, as PEM. Absolute paths. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
  /** hotlane makes them where they are missing: a certificate for this machine alone, which nobody trusts by itself. */
  readonly development?: boolean
}

/** An address to listen on. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  /** Connections are encrypted; absent: they are not. */
  readonly tls?: TlsFiles
}

/** What the user declares. Every path is absolute, every value effective; immutable. */
export interface Service {
  readonly name: string
  readonly directory: string
  readonly build: Build
  /** Steps before every build; the first failure ends the cycle (air's `pre_cmd`). */
  readonly before: readonly Command[]
  readonly run: Run
  /** Where the process is started; defaults to `directory`. */
  readonly workingDirectory: string
  readonly args: readonly string[]
  /** The service's own environment: beats env files and the real environment. */
  readonly env: Readonly<Record<string, string>>
  /** dotenv files in order; a later file beats an earlier one, the real environment beats both. A missing file is skipped. */
  readonly envFiles: readonly string[]
  /** Public address; `fixed` when the user chose it, so that it is never moved. */
  readonly listen: ListenAddress & { readonly fixed: boolean }
  readonly route: Route
  /** Its instances speak HTTP/2 without TLS from the first octet on (RFC 9113 section 3.3), as gRPC servers do; absent: HTTP/1.1. */
  readonly protocol?: 'h2c'
  /**
   * It accepts connections by itself, from a listening socket that it is handed (sd_listen_fds); the gateway is not in the
   * way. Development only.
   */
  readonly direct?: true
  /** The port that the app binds whatever `PORT` says, where the user or a foreign file names it. */
  readonly appPort?: number
  /** `auto` finds out whether two instances can overlap; `hold` stops the old before it starts the new. */
  readonly overlap: 'auto' | 'hold'
  readonly ready: Ready
  readonly stop: StopPolicy
  /** From the switch until the old instance's last requests and streams are ended by the gateway. */
  readonly drainMs: number
  readonly watch: WatchRules
  readonly rules: readonly Rule[]
  /** Commands after a switch (realize's `after` scripts). */
  readonly after: readonly Command[]
  /** Restart after a crash, with backoff. */
  readonly restartOnCrash: boolean
  /** Whether HTML answers to browsers get the reload client. */
  readonly browserReload: boolean
}

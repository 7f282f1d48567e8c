import type { Position } from '../support/errors.ts'
import type { Plan } from './plan.ts'
import type { Command, Service } from './service.ts'

export interface Limits {
  /** Compiler threads; default cores - 1, at least 1. */
  readonly compilerThreads: number
  /** Run builds at low priority, so that everything else goes first. */
  readonly lowPriority: boolean
  /** Budget of `.hotlane/artifacts` and other caches of hotlane's; default 256 MB. */
  readonly cacheBytes: number
}

export interface WatchSettings {
  readonly mode: 'auto' | 'native' | 'poll'
  readonly pollMs: number
  /** Silence after the last event of a burst before its ChangeSet is told: 20 to 50 ms by default. */
  readonly settleMs: number
}

/** Something the user should read once: a setting that has no effect here, or means something else. */
export interface Note {
  readonly text: string
  readonly position?: Position
}

/** Which file the settings were read from. `detected`: no file, found by looking at the tree. */
export interface SettingsSource {
  readonly kind: 'hotlane' | 'air' | 'air-json' | 'fresh' | 'realize' | 'detected'
  readonly file?: string
}

/** What the settings say about the gateway of `hotlane up`. What is absent is the gateway's own choice. */
export interface GatewaySettings {
  /** Worker processes. */
  readonly workers?: number
  /** Tell in the response header `x-hotlane-release` which release answered. */
  readonly tellRelease: boolean
  /** Addresses and networks of proxies before the gateway that are believed. */
  readonly trustedProxies: readonly string[]
  /** Connections of clients at once, on the whole machine. */
  readonly maxConnections?: number
  readonly maxConnectionsPerAddress?: number
  /** Where requests are written down, as an absolute path, and which share of them (0 to 1). */
  readonly accessLog?: { readonly file: string; readonly sample: number }
  readonly timeouts: { readonly headMs?: number; readonly idleMs?: number; readonly bodyIdleMs?: number }
}

/** Everything that `hotlane dev` and `hotlane up` act on; immutable, and replaced as a whole when a settings file changes. */
export interface Project {
  readonly root: string
  readonly source: SettingsSource
  readonly services: readonly Service[]
  readonly limits: Limits
  readonly watch: WatchSettings
  readonly notes: readonly Note[]
  /** Files whose change reloads the project: settings files, go.mod, go.work, package.json, wherever they would be found. */
  readonly settingsFiles: readonly string[]
  /** Commands at start and at exit (air's `post_cmd`, realize's global scripts). Exit hooks run while services still answer. */
  readonly atStart: readonly Command[]
  readonly atExit: readonly Command[]
  /** No lines of hotlane's own but errors (air's `log.silent`, `log.main_only`). */
  readonly quiet: boolean
  readonly clearOnRebuild: boolean
  /** How releases of each service take the place of each other in production, by service; `hotlane dev` has no use for it. */
  readonly plans: Readonly<Record<string, Plan>>
  readonly gateway: GatewaySettings
}

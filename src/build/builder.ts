import type { Artifact } from '../model/artifact.ts'
import type { ErrorReport } from '../support/errors.ts'

/** What a build depends on, as its toolchain tells it. */
export interface BuildInputs {
  /** Absolute directories outside the service's directory that must be watched too: local modules, the own one included. */
  readonly roots: readonly string[]
  /** Why a change of this file can change the artifact, for people; undefined where it cannot. */
  readonly affects: (path: string) => string | undefined
}

/** Builds one service. One build at a time is the caller's duty. */
export interface Builder {
  /**
   * Resolves with the artifact; it never overwrites an older one. When aborted, the whole process group of the build is
   * gone before it rejects with the signal's reason; processes that an ended build left on purpose are not touched.
   * A hash names content as far as the build tells it: two builds with equal hash run the same; where nothing tells, every
   * build has a hash of its own.
   * @throws HotlaneError HL3001 (with the tool's text as `output` and its first position), HL3002, HL3003, and HL1005 where
   * the directory of the build does not exist
   */
  build(signal: AbortSignal): Promise<Artifact>
  /**
   * Asks the toolchain again; undefined where the inputs cannot be known (then every watched file is one).
   * @throws HotlaneError HL3002, HL1005
   */
  inputs(signal: AbortSignal): Promise<BuildInputs | undefined>
  /** Ends what goes on in the background, and removes what only this builder uses. */
  close(): Promise<void>
}

/** What a builder tells besides its result. */
export type BuildNote =
  /** How the build was done, before it is: with all that its toolchain does, or by the fast path; and why, for people. */
  | { readonly kind: 'way'; readonly way: 'fast' | 'full'; readonly why: string }
  /** The toolchain has told how later builds can be fast ones; `missing`: why it could not, for people. */
  | { readonly kind: 'planned'; readonly ms: number; readonly missing?: string }
  /**
   * A linker has loaded what the next build will link, as far as that is known, in so many milliseconds; or there is none that
   * can, and `missing` says why, for people.
   */
  | { readonly kind: 'linker'; readonly ms: number; readonly missing?: string }
  /** A fast build was found equal to a full one. `artifact` is its hash. */
  | { readonly kind: 'confirmed'; readonly artifact: string; readonly ms: number }
  /** A fast build was found to differ from a full one; every build is a full one from now on. */
  | { readonly kind: 'differs'; readonly error: ErrorReport }

export interface BuilderContext {
  /** Directory of artifacts, `.hotlane/artifacts` of the project. */
  readonly artifacts: string
  readonly compilerThreads: number
  /** Bytes that a builder may keep between builds, besides artifacts. */
  readonly cacheBytes: number
  /** Run every tool at low priority, not only those that nobody waits for. */
  readonly lowPriority: boolean
  /** Environment of the build command, complete. */
  readonly env: () => Promise<Readonly<Record<string, string>>>
  /** Each line of the tool's output as it comes. */
  readonly output: (line: string) => void
  readonly told: (note: BuildNote) => void
}

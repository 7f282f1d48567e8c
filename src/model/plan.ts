import type { RecordSettings } from './recorded.ts'
import type { LaneRule, StickyKey } from './table.ts'
import type { Command } from './service.ts'

export type Strategy = 'replace' | 'hold' | 'rolling' | 'blue-green' | 'canary'

/** One step of a rollout, taken while the new release stands beside the old one. */
export type Step =
  /** Gives the new release this share of the traffic, in basis points; 0 keeps it reachable by rule alone. */
  | { readonly kind: 'weight'; readonly basisPoints: number }
  /** As `weight`, with so many instances of the new release, and as many fewer of the old one (`rolling`). */
  | { readonly kind: 'scale'; readonly instances: number; readonly basisPoints: number }
  | { readonly kind: 'pause'; readonly ms: number }
  /** Goes on when a person says so (`hotlane promote`). */
  | { readonly kind: 'approve' }
  /** Gathers figures since the last change of weight until there is a verdict. */
  | { readonly kind: 'judge' }
  /** The compatibility stage once more. */
  | { readonly kind: 'verify' }
  /** Succeeds with exit code 0; sees `HOTLANE_SERVICE`, `HOTLANE_RELEASE`, `HOTLANE_CANDIDATE_URL`, `HOTLANE_STABLE_URL`. */
  | { readonly kind: 'command'; readonly command: Command }

/** A check besides the gateway's own counters. */
export type Check =
  /** GET against the new release; passes with one of the statuses (200 to 399 where empty) and the text, if given. */
  | {
      readonly kind: 'http'
      readonly name: string
      readonly path: string
      readonly expectStatus: readonly number[]
      readonly expectText?: string
      readonly timeoutMs: number
    }
  /** Exit code 0 passes, 75 (EX_TEMPFAIL of sysexits) is no data, anything else fails. */
  | { readonly kind: 'command'; readonly name: string; readonly command: Command; readonly timeoutMs: number }
  /** An instant query (Prometheus HTTP API, `/api/v1/query`); an empty vector and NaN are no data. */
  | {
      readonly kind: 'prometheus'
      readonly name: string
      /** Base address of the server. */
      readonly url: string
      readonly query: string
      readonly least?: number
      readonly most?: number
      readonly timeoutMs: number
    }

/** When a new release is as good as the old one. */
export interface JudgeSettings {
  /** Fewer requests than this on either side never pass; a certain failure does not wait for them. */
  readonly minRequests: number
  /** How much the share of errors (5xx, resets, no answer) may exceed the old release's, 0 to 1. */
  readonly errorMargin: number
  /** How sure a verdict about errors must be, 0 to 1 (one-sided). */
  readonly confidence: number
  /** Greatest ratio of new to old latency, at each of the quantiles (0 to 1). Not judged where empty. */
  readonly latency: readonly { readonly quantile: number; readonly ratio: number }[]
  readonly checks: readonly Check[]
  /** Pause between two looks. */
  readonly everyMs: number
  /** No verdict within this time aborts the rollout. */
  readonly timeoutMs: number
}

/** What must hold against a new instance before any traffic reaches it. */
export interface CompatibilitySettings {
  readonly checks: readonly Check[]
  /** Safe requests (GET, HEAD) that the old release has answered lately are put to both; absent: none is recorded. */
  readonly replay?: RecordSettings
  /** An incompatible release ends here (`abort`), or stays reachable by rule for people to look at (`preview`). */
  readonly otherwise: 'abort' | 'preview'
}

/** The shape of a rollout; part of a release. Weights are basis points, 10,000 is all. */
export interface Plan {
  readonly strategy: Strategy
  readonly steps: readonly Step[]
  /** Instances of the service in steady state. */
  readonly instances: number
  /** Requests that reach the new release while it is on trial, whatever its weight. */
  readonly rules: readonly Omit<LaneRule, 'lane'>[]
  readonly sticky: StickyKey
  readonly compatibility: CompatibilitySettings
  readonly judge: JudgeSettings
  /** After the whole traffic has moved: how long the new release is judged against the old one's last figures. */
  readonly bakeMs: number
  /** How long the old instances stay warm after it. */
  readonly rollbackWindowMs: number
  /** Longest time in any state that waits for no person. */
  readonly deadlineMs: number
  /** Releases whose artifacts are kept, besides those that run. */
  readonly keepReleases: number
}

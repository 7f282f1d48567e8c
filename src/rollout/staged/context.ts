import type { DataPlane, LaneReading } from '../../gateway/data-plane.ts'
import type { Emit } from '../../model/event.ts'
import type { Exit } from '../../model/instance.ts'
import type { Release } from '../../model/release.ts'
import type { Finding, RolloutReport, Verdict } from '../../model/rollout.ts'
import type { Command } from '../../model/service.ts'
import type { CollectedReleases } from '../../store/releases.ts'
import type { Instance } from '../../supervise/instance.ts'
import type { EntryParts } from './board.ts'
import type { Ledger } from './ledger.ts'

/** A new release beside the one that it is to replace, where that one runs. */
export interface Pair {
  readonly release: Release
  readonly trial: Instance
  readonly stable?: { readonly release: Release; readonly instance: Instance }
}

/** Figures of a lane at two moments. `from` is absent where the lane did not exist, so that all of `to` counts. */
export interface Span {
  readonly from?: LaneReading
  readonly to: LaneReading
}

/** What a verdict is about: the new release's figures, and those of the old one to compare them with. */
export interface JudgeWindow {
  readonly pair: Pair
  /** `step`: both take traffic now; `bake`: the new one takes all of it, and the old one's last figures are given. */
  readonly kind: 'step' | 'bake'
  /** Absent where the lane has had no request yet. */
  readonly candidate?: Span
  /** Absent where there is nothing to compare with: no old release, or its figures went with an earlier control process. */
  readonly baseline?: Span
  /** Length of the candidate's window so far. */
  readonly ms: number
}

export interface Judgement {
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
}

/** Wall clock in milliseconds since 1970, since deadlines outlive the process. */
export interface RolloutClock {
  now(): number
  /** Resolves at that time, or as soon as the signal is aborted; never rejects. */
  until(atMs: number, signal: AbortSignal): Promise<void>
}

/** How a service's rollouts reach the mechanisms; the composition root fills it in. */
export interface RolloutContext {
  readonly service: string
  readonly plane: Pick<DataPlane, 'drain' | 'read'>
  readonly board: {
    /** Resolves when every request that comes from then on is routed by these lanes. */
    set(parts: EntryParts): Promise<void>
  }
  readonly ledger: Pick<Ledger, 'state' | 'commit' | 'nextRollout'>
  readonly releases: {
    /** @throws HotlaneError HL6102 if there is none of that number */
    load(service: string, number: number): Promise<Release>
    /** Numbers the same content anew. @throws HotlaneError HL6102, HL6113 where what it runs is damaged */
    repeat(service: string, number: number): Promise<Release>
    /** Numbers that are kept, ascending. */
    list(service: string): Promise<readonly number[]>
    /** Removes what is not to be kept any more. */
    collect(service: string, keep: CollectedReleases): Promise<unknown>
  }
  /** Keeps the report of a rollout that is over. */
  readonly report: (report: RolloutReport) => Promise<void>
  /** Ready, which it tells as an event, or it throws and nothing of it runs. @throws HotlaneError HL4001 to HL4005, HL6113 */
  readonly start: (release: Release, instanceId: string, signal: AbortSignal) => Promise<Instance>
  /** An instance that an earlier control process started; undefined where it does not run any more. */
  readonly adopt: (instanceId: string) => Promise<Instance | undefined>
  /** The compatibility stage: every finding passes, or the release is incompatible. */
  readonly verify: (pair: Pair, signal: AbortSignal) => Promise<readonly Finding[]>
  /** One look; the caller looks again after `plan.judge.everyMs`. */
  readonly judge: (window: JudgeWindow, signal: AbortSignal) => Promise<Judgement>
  readonly runCommand: (
    command: Command,
    env: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => Promise<{ readonly exit: Exit; readonly output: string }>
  /** Which port a failed start could not bind, as `portInUse` of supervise/start.ts. */
  readonly portInUse: (error: unknown) => number | undefined
  /** A name that no instance on this machine has had or will have. */
  readonly newInstanceId: () => string
  readonly emit: Emit
  readonly clock: RolloutClock
  /** Aborted when instances are to be killed without grace. */
  readonly now: AbortSignal
}

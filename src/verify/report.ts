import type { Thresholds } from '../model/verify.ts'
import type { Figures } from './figures.ts'
import type { GcFigures } from './gc/gc-log.ts'
import type { LedgerVerdict } from './judge-ledger.ts'
import type { Outcome } from './outcome.ts'
import type { ReleaseSeen } from './releases.ts'
import type { Deployment, Phase, Switch } from './timeline.ts'
import type { Verdict } from './judge.ts'

/** Figures of a stretch of a run. */
export interface PhaseReport extends Figures {
  /** `steady`: outside of deployments and switches, before, between and after them. */
  readonly phase: 'all' | Phase | 'switch' | 'steady'
  readonly seconds: number
  /** Requests per second. */
  readonly perSecond: number
  readonly gc?: GcFigures
  /** Processor time over time, in cores; null where nothing was seen. */
  readonly cpuCores?: number | null
  readonly rssMaxBytes?: number
}

/** A request without the expected answer. */
export interface Loss {
  readonly n: number
  readonly step: string
  readonly outcome: Outcome
  readonly status: number
  readonly atMs: number
  readonly release: string
}

export interface StreamReport {
  readonly step: string
  readonly kind: 'sse' | 'websocket'
  /** Kept open at the same time. */
  readonly open: number
  /** Times that one was opened, the first ones included. */
  readonly opened: number
  /** Opened no more, ended in the middle of an event or without a close frame, or left a message of ours unanswered. */
  readonly cut: number
  /** Messages of ours, and how many of them were answered; absent where none are sent. */
  readonly sent?: number
  readonly answered?: number
}

/** One slot of the run, for plots. Figures of latency are null where nothing was answered. */
export interface Slot {
  readonly atMs: number
  readonly requests: number
  readonly failed: number
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** Everything that a run showed; plain data, the form of `--json`. Times are ms since the begin unless said otherwise. */
export interface Report {
  readonly format: 'hotlane-verify/1'
  readonly target: string
  /** ISO 8601. */
  readonly beganAt: string
  readonly seconds: number
  /** Requests per second that were asked for; null for as fast as it goes. */
  readonly rate: number | null
  readonly run: string
  /** What could not be known or done; to be read with the figures. */
  readonly remarks: readonly string[]
  readonly phases: readonly PhaseReport[]
  readonly steps: readonly (Figures & { readonly step: string; readonly slow: boolean })[]
  readonly streams: readonly StreamReport[]
  /** Requests without the expected answer: how many, and the first of them. */
  readonly lost: number
  readonly losses: readonly Loss[]
  /** Absent without a ledger. */
  readonly ledger?: LedgerVerdict
  readonly releases: readonly ReleaseSeen[]
  readonly switches: readonly Switch[]
  /** Absent where releases are not told or have no order. */
  readonly backwards?: number
  readonly deployments: readonly Deployment[]
  /** As a gateway of hotlane's tells it: requests that waited for an instance, and requests it had to give up. */
  readonly gateway?: { readonly held: number; readonly lost: number }
  readonly generator: {
    readonly connections: number
    /** How much later than intended it sent, in ms: never part of a latency. */
    readonly delay: { readonly p50: number | null; readonly p99: number | null; readonly max: number | null }
    readonly stalls: readonly { readonly atMs: number; readonly ms: number }[]
    readonly cpuCores: number
    readonly gcCount: number
    readonly gcMaxMs: number
  }
  readonly slots: readonly Slot[]
  readonly thresholds: Thresholds
  readonly verdicts: readonly Verdict[]
}

export function phaseOf(report: Pick<Report, 'phases'>, phase: PhaseReport['phase']): PhaseReport | undefined {
  return report.phases.find((each) => each.phase === phase)
}

import type { ErrorReport } from '../support/errors.ts'
import type { FileChange } from './change.ts'
import type { Exit } from './instance.ts'
import type { Note } from './project.ts'
import type { Finding, RolloutView, Verdict } from './rollout.ts'

/** What a change leads to, for one service. */
export type Impact = 'nothing' | 'reload' | 'rule' | 'restart' | 'rebuild' | 'project'

/** A service in a few words: what was found and what will be run. */
export interface ServiceSummary {
  readonly name: string
  readonly build: string
  readonly run: string
}

/** What a switch cost and showed. All times in milliseconds. */
export interface SwitchReport {
  readonly release: number
  readonly artifact: string
  readonly pid: number
  /** How traffic moved: both instances overlapped, or requests were held in between. */
  readonly way: 'overlap' | 'hold'
  readonly buildMs: number
  readonly startMs: number
  /** From the first file event to the switch; absent for the first release and for manual rebuilds. */
  readonly savedToServedMs?: number
  /** Requests answered by the gateway in an instance's stead, or cut, since the last switch. */
  readonly lost: number
  /** Requests that waited during this switch. */
  readonly held: number
}

/** What a rollout cost, in short; the rest is in its report. */
export interface RolloutCost {
  /** From the command until the new release had the whole traffic, milliseconds; absent where it never had. */
  readonly reloadDurationMs?: number
  /** From the command until it was over, milliseconds. */
  readonly ms: number
  readonly requests: number
  readonly lost: number
  readonly retried: number
  readonly held: number
}

/**
 * Everything observable, as one union: terminal, `--json`, API, logs and tests read the same stream.
 * Events are emitted from the path and never needed to continue it.
 */
export type EventBody =
  | {
      readonly type: 'project.loaded'
      readonly root: string
      readonly source: string
      readonly services: readonly ServiceSummary[]
      /** Print no lines of hotlane's own but errors. */
      readonly quiet: boolean
      readonly clearOnRebuild: boolean
    }
  | { readonly type: 'project.note'; readonly note: Note }
  | { readonly type: 'project.failed'; readonly error: ErrorReport }
  | {
      readonly type: 'watch.ready'
      readonly mode: string
      readonly directories: number
      readonly files: number
      readonly ms: number
      readonly why?: string
    }
  | { readonly type: 'watch.degraded'; readonly why: string }
  | {
      readonly type: 'gateway.listening'
      readonly service: string
      readonly url: string
      readonly moved?: string
      readonly direct?: true
    }
  | {
      readonly type: 'gateway.certificate'
      readonly file: string
      readonly made: boolean
      readonly until?: string
      readonly ending?: string
      readonly error?: ErrorReport
    }
  /** Lines of the access log are lost. */
  | { readonly type: 'gateway.access-log'; readonly file: string; readonly error: ErrorReport }
  | { readonly type: 'change.seen'; readonly files: readonly FileChange[] }
  | {
      readonly type: 'change.judged'
      readonly service: string
      readonly impact: Impact
      readonly why: string
      readonly files: readonly string[]
    }
  | { readonly type: 'rule.started'; readonly service: string; readonly rule: string }
  | { readonly type: 'rule.output'; readonly service: string; readonly rule: string; readonly line: string }
  | { readonly type: 'rule.finished'; readonly service: string; readonly rule: string }
  | { readonly type: 'rule.failed'; readonly service: string; readonly rule: string; readonly error: ErrorReport }
  | { readonly type: 'build.started'; readonly service: string }
  | { readonly type: 'build.output'; readonly service: string; readonly line: string; readonly asked: boolean }
  | {
      readonly type: 'build.finished'
      readonly service: string
      readonly artifact: string
      readonly ms: number
      readonly same: boolean
    }
  | { readonly type: 'build.failed'; readonly service: string; readonly error: ErrorReport; readonly ms: number }
  /** How a build is done: with all that its toolchain does, or by the fast path; and why. */
  | { readonly type: 'build.way'; readonly service: string; readonly way: 'fast' | 'full'; readonly why: string }
  /** The toolchain has told how later builds can be fast; `missing`: why it could not. */
  | { readonly type: 'build.planned'; readonly service: string; readonly ms: number; readonly missing?: string }
  | { readonly type: 'build.linker'; readonly service: string; readonly ms: number; readonly missing?: string }
  /** A program of the fast path was found to be the one that the toolchain makes. */
  | { readonly type: 'build.confirmed'; readonly service: string; readonly artifact: string; readonly ms: number }
  /** A program of the fast path was found to be another one; the fast path is off for this service. */
  | { readonly type: 'build.differs'; readonly service: string; readonly error: ErrorReport }
  | { readonly type: 'build.aborted'; readonly service: string }
  | {
      readonly type: 'instance.started'
      readonly service: string
      readonly release: number
      readonly pid: number
      readonly port: number
    }
  | {
      readonly type: 'instance.ready'
      readonly service: string
      readonly release: number
      readonly pid: number
      readonly ms: number
    }
  | {
      readonly type: 'instance.failed'
      readonly service: string
      readonly release: number
      readonly error: ErrorReport
    }
  | {
      readonly type: 'instance.crashed'
      readonly service: string
      readonly release: number
      readonly pid: number
      readonly exit: Exit
      readonly restartInMs?: number
      readonly output: string
    }
  | {
      readonly type: 'instance.stopped'
      readonly service: string
      readonly release: number
      readonly pid: number
      readonly exit: Exit
      readonly killed: boolean
    }
  | {
      readonly type: 'instance.output'
      readonly service: string
      readonly pid: number
      readonly stream: 'stdout' | 'stderr'
      readonly line: string
    }
  | { readonly type: 'service.switched'; readonly service: string; readonly report: SwitchReport }
  | { readonly type: 'service.port-fixed'; readonly service: string; readonly port: number; readonly publicUrl: string }
  | {
      readonly type: 'release.made'
      readonly service: string
      readonly release: number
      readonly artifact: string
      readonly rollbackOf?: number
    }
  | { readonly type: 'rollout.started'; readonly service: string; readonly rollout: RolloutView }
  /** It has gone on: another phase, step, weight, or a word of a person's. */
  | { readonly type: 'rollout.phase'; readonly service: string; readonly rollout: RolloutView }
  /** Old and new cannot run at once, so requests wait while one follows the other. */
  | { readonly type: 'rollout.held'; readonly service: string; readonly release: number; readonly why: string }
  | {
      readonly type: 'rollout.verdict'
      readonly service: string
      readonly release: number
      readonly verdict: Verdict
      readonly findings: readonly Finding[]
    }
  | {
      readonly type: 'rollout.waiting'
      readonly service: string
      readonly release: number
      readonly waitsFor: string
      readonly until?: string
    }
  /** `cost` is absent for a change back to the warm release, which is one swap of the table. */
  | {
      readonly type: 'rollout.finished'
      readonly service: string
      readonly rollout: RolloutView
      readonly cost?: RolloutCost
    }
  /** An earlier control process had left it under way. */
  | {
      readonly type: 'rollout.recovered'
      readonly service: string
      readonly rollout: number
      readonly how: 'resumed' | 'reverted'
      readonly why: string
    }
  | {
      readonly type: 'instance.adopted'
      readonly service: string
      readonly release: number
      readonly pid: number
    }
  | { readonly type: 'gateway.worker-started'; readonly pid: number }
  | { readonly type: 'gateway.worker-died'; readonly pid: number; readonly how: string }
  /** It was at work already, for an earlier control process. */
  | { readonly type: 'gateway.worker-adopted'; readonly pid: number }
  /** It accepts no more; others do. */
  | { readonly type: 'gateway.worker-retiring'; readonly pid: number }
  | { readonly type: 'gateway.worker-ended'; readonly pid: number }
  /** None could be started; it is tried again after this time. */
  | { readonly type: 'gateway.workers-missing'; readonly error: ErrorReport; readonly retryMs: number }
  /** Another control process has taken the gateway over. */
  | { readonly type: 'gateway.superseded' }
  /** The last record was torn by a crash in the middle of its write, and cut off. */
  | { readonly type: 'journal.repaired'; readonly file: string; readonly bytes: number }
  | { readonly type: 'browser.reloaded'; readonly service: string; readonly pages: number }
  | { readonly type: 'orphan.reaped'; readonly pid: number; readonly service: string }
  | { readonly type: 'hook.failed'; readonly hook: string; readonly error: ErrorReport }
  | { readonly type: 'session.fault'; readonly error: ErrorReport }
  | { readonly type: 'session.stopping'; readonly why: string }
  | { readonly type: 'session.stopped' }

/** An event as it is told: body, a number that only rises, and the wall clock (ISO 8601). */
export type Event = EventBody & { readonly seq: number; readonly at: string }

/** Takes an event; must not throw and must not be waited for. */
export type Emit = (event: EventBody) => void

import type { Emit } from '../../model/event.ts'
import type { RolloutReport, Verdict } from '../../model/rollout.ts'
import { type Outcome, keyOf } from './observation.ts'
import type { RecordBody } from './records.ts'
import type { ServiceState } from './state.ts'
import { type Waiting, viewOf } from './view.ts'

/** Tells as events what has become of a service. Nothing waits for it. */
export class Telling {
  readonly #emit: Emit
  #waiting: string | undefined
  #verdict: { readonly key: string; readonly verdict: Verdict } | undefined

  constructor(emit: Emit) {
    this.#emit = emit
  }

  /** After a record. */
  recorded(body: RecordBody, state: ServiceState): void {
    const { service } = state
    const rollout = viewOf(state)
    if (rollout === undefined) return
    switch (body.kind) {
      case 'began':
        this.#emit({ type: 'rollout.started', service, rollout })
        return
      case 'held':
        this.#emit({ type: 'rollout.held', service, release: rollout.to, why: body.why })
        return
      case 'started':
      case 'verified':
      case 'step':
      case 'weighed':
      case 'ordered':
      case 'promoted':
      case 'aborting':
        this.#emit({ type: 'rollout.phase', service, rollout })
        return
      case 'swapped':
        this.#emit({ type: 'rollout.finished', service, rollout })
        return
      case 'starting':
      case 'ready':
      case 'lost':
      case 'leaving':
      case 'drained':
      case 'stopping':
      case 'stopped':
      case 'cooled':
      case 'finished':
      case 'snapshot':
    }
  }

  /** A rollout is over. */
  finished(report: RolloutReport): void {
    const { rollout, requests, lost, retried, held, reloadDurationMs } = report
    const ms = Date.parse(report.finishedAt) - Date.parse(report.startedAt)
    const moved = reloadDurationMs === undefined ? {} : { reloadDurationMs }
    const cost = { ...moved, ms, requests, lost, retried, held: held.count }
    this.#emit({ type: 'rollout.finished', service: rollout.service, rollout, cost })
  }

  /** What it waits for, once in each state. */
  waits({ service, rollout }: ServiceState, waiting: Waiting | undefined): void {
    if (rollout === undefined || waiting === undefined || this.#waiting === keyOf(rollout)) return
    this.#waiting = keyOf(rollout)
    const until = waiting.until === undefined ? {} : { until: new Date(waiting.until).toISOString() }
    this.#emit({ type: 'rollout.waiting', service, release: rollout.to, waitsFor: waiting.what, ...until })
  }

  /** A look, where it came to something else than the one before. */
  looked({ service, rollout }: ServiceState, outcome: Outcome | undefined): void {
    if (rollout === undefined || outcome?.kind !== 'judge' || outcome.key !== keyOf(rollout)) return
    const { key } = outcome
    const { verdict, findings } = outcome.judgement
    if (this.#verdict?.key === key && this.#verdict.verdict === verdict) return
    this.#verdict = { key, verdict }
    this.#emit({ type: 'rollout.verdict', service, release: rollout.to, verdict, findings })
  }
}

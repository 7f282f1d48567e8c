import type { LoadStep } from '../../model/verify.ts'
import type { Outcome } from '../outcome.ts'

/** How an exchange ended, and what its answer told. */
export interface Settled {
  readonly outcome: Outcome
  readonly status: number
  readonly release: string
  readonly bytes: number
}

/** One request on its way, from its intended start to its answer. Times are `performance.now()`. */
export interface Exchange {
  readonly n: number
  readonly step: LoadStep
  /** On a connection of its own. */
  readonly fresh: boolean
  /** When it has to be over. */
  readonly deadline: number
  /** The head as it is sent. */
  readonly head: string
  /** Called once. */
  readonly settle: (settled: Settled) => void
}

/** Whether a status is right for a step. */
export function isExpected(step: LoadStep, status: number): boolean {
  return step.expectStatus.length === 0 ? status >= 200 && status < 400 : step.expectStatus.includes(status)
}

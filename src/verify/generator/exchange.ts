import type { LoadStep } from '../../model/verify.ts'
import type { Outcome } from '../outcome.ts'
import type { Sample } from '../samples.ts'
import type { AnswerHead } from './head.ts'
import type { RequestText } from './request-text.ts'

/**
 * One request on its way, and a sample when it is over. It serves for another request of its step then: a new object for
 * each of them would be most of what this process has to collect.
 */
export class Exchange implements Sample {
  /** Index of `asked` in the plan. */
  readonly step: number
  readonly asked: LoadStep
  /** What is sent. */
  readonly text: RequestText
  n = 0
  /** On a connection of its own. */
  fresh = false
  /** When it has to be over, by `performance.now()`. */
  deadline = 0
  intendedMs = 0
  ownMs = 0
  latencyMs = 0
  endedMs = 0
  outcome: Outcome = 'unfinished'
  status = 0
  release = ''
  bytes = 0

  constructor(step: number, asked: LoadStep, text: RequestText) {
    this.step = step
    this.asked = asked
    this.text = text
  }
}

/** Told once of each exchange: how it ended, the head of its answer as far as one came, and how many bytes did. */
export type Settle = (exchange: Exchange, outcome: Outcome, head: AnswerHead | undefined, bytes: number) => void

/** Whether a status is right for a step. */
export function isExpected(step: LoadStep, status: number): boolean {
  return step.expectStatus.length === 0 ? status >= 200 && status < 400 : step.expectStatus.includes(status)
}

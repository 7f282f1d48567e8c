import type { Exit } from '../../model/instance.ts'
import type { Instance, StartSpec, StopResult } from '../instance.ts'
import type { CarriedError } from './carried-error.ts'

/** What is known of an instance when it is ready, and never changes. */
export type ReadyFacts = Pick<Instance, 'pid' | 'host' | 'port' | 'portFixed' | 'readyMs'>

/** To the helper. `call` numbers what wants an answer; the number of a start names its instance from then on. */
export type Asked =
  | { readonly kind: 'start'; readonly call: number; readonly spec: StartSpec; readonly processes: string }
  | { readonly kind: 'ports'; readonly call: number; readonly instance: number }
  | { readonly kind: 'stop'; readonly call: number; readonly instance: number }
  /** The call's signal is aborted: a start is given up, a stop kills at once. */
  | { readonly kind: 'cut'; readonly call: number }

/** The question that an answer of type `T` belongs to. */
export interface Answers {
  readonly start: ReadyFacts
  readonly ports: number
  readonly stop: StopResult
}

export interface OutputLine {
  readonly pid: number
  readonly stream: 'stdout' | 'stderr'
  readonly line: string
}

/** From the helper. */
export type Told =
  | { readonly kind: 'started'; readonly instance: number; readonly pid: number; readonly port: number }
  | { readonly kind: 'output'; readonly instance: number; readonly lines: readonly OutputLine[] }
  | { readonly kind: 'exited'; readonly instance: number; readonly exit: Exit }
  | { readonly kind: 'answer'; readonly call: number; readonly value: Answers[keyof Answers] }
  | { readonly kind: 'failure'; readonly call: number; readonly error: CarriedError }

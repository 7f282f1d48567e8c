/** What a request carries. */
export type LoadBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  /** Sent in the chunked coding (RFC 9112 section 7.1), a piece every `everyMs`: an upload that takes its time. */
  | { readonly kind: 'upload'; readonly pieces: number; readonly pieceBytes: number; readonly everyMs: number }

/** What is sent over each WebSocket of a step, beginning when it is open. */
export interface LoadMessages {
  /** `{n}` stands for the number of the message on its connection, from 0. */
  readonly text: string
  readonly everyMs: number
  /** `echo`: each has to come back as it was sent, in order. `answer`: each has to be followed by a message, whatever it says. */
  readonly expect: 'echo' | 'answer' | 'nothing'
}

/** Requests of one kind, as many as its share says; or streams of one kind, so many kept open at any time. */
export interface LoadStep {
  /** Unique within a plan; the label in reports. */
  readonly name: string
  readonly kind: 'request' | 'sse' | 'websocket'
  readonly method: string
  /** Path and query, as sent. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: LoadBody
  /** Share of all requests, relative to the other steps. Zero for streams. */
  readonly weight: number
  /** Streams kept open at the same time. Zero for requests. */
  readonly open: number
  /** Absent: streams are only listened to. For WebSockets alone. */
  readonly messages?: LoadMessages
  /** From the intended start until the answer's end; for streams until the answer's head, and for messages until theirs. */
  readonly timeoutMs: number
  /** Takes its time on purpose, and is left out of latency figures of the whole. */
  readonly slow: boolean
  /** Status codes that are right; empty for 200 to 399. */
  readonly expectStatus: readonly number[]
  /** Text that the answer's body must contain. */
  readonly expectText?: string
}

/** A bound on a latency: a time, or a multiple of the same figure in steady state. */
export type LatencyBound =
  | { readonly kind: 'ms'; readonly ms: number }
  | { readonly kind: 'ratio'; readonly ratio: number }

/** What a run must keep to. What is absent is not judged. */
export interface Thresholds {
  /** Requests without the expected answer. */
  readonly lost?: number
  /** Requests executed more than once; needs a ledger. */
  readonly twice?: number
  /** Streams that could not be opened, ended in the middle of an event or without a close frame, or left a message unanswered. */
  readonly cut?: number
  /** Answers by an older release to requests that began after a newer one had answered. */
  readonly backwards?: number
  readonly p50Ms?: number
  readonly p95Ms?: number
  readonly p99Ms?: number
  readonly maxMs?: number
  /** Least share of requests with the expected answer, 0 to 1. */
  readonly success?: number
  /** While deployments ran. */
  readonly p99During?: LatencyBound
  /** From half a second before each switch to half a second after it. */
  readonly p99Switch?: LatencyBound
}

/** The section `verify` of `hotlane.yaml`: what flags leave open. Empty where there is none. */
export interface VerifySettings {
  /** Requests per second. */
  readonly rate?: number
  readonly durationMs?: number
  /** Connections that are kept alive. */
  readonly connections?: number
  /** Share of requests that open a connection of their own, 0 to 1. */
  readonly newConnections?: number
  readonly headers: Readonly<Record<string, string>>
  /** Path or URL that answers with the executed ids, or a file of them. */
  readonly ledger?: string
  readonly steps: readonly LoadStep[]
  readonly thresholds: Thresholds
}

/** A plain request of a path, but for what is given. An upload that takes its time is slow on purpose. */
export function loadStep(step: Partial<LoadStep> & { readonly path: string }): LoadStep {
  const kind = step.kind ?? 'request'
  const method = step.method ?? 'GET'
  return {
    name: `${kind === 'request' ? method : kind} ${step.path}`,
    kind,
    method,
    headers: {},
    body: { kind: 'none' },
    weight: kind === 'request' ? 1 : 0,
    open: kind === 'request' ? 0 : 2,
    timeoutMs: 10_000,
    slow: step.body?.kind === 'upload' && step.body.everyMs > 0,
    expectStatus: [],
    ...step,
  }
}

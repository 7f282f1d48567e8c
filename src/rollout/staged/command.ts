import type { Finding } from '../../model/rollout.ts'
import type { Command as CommandLine } from '../../model/service.ts'
import type { RecordBody } from './records.ts'

/** What is to be done next for a rollout. An effect goes on until it is not commanded any more. */
export type Command =
  /** A decision: to be written, and the table brought in line. */
  | { readonly kind: 'record'; readonly body: RecordBody }
  | { readonly kind: 'verify' }
  | { readonly kind: 'judge' }
  | { readonly kind: 'command'; readonly command: CommandLine }
  /** `until`, in milliseconds since 1970, is when this ends by itself. */
  | { readonly kind: 'wait'; readonly what: string; readonly until?: number }
  | { readonly kind: 'idle' }

export function record(body: RecordBody): Command {
  return { kind: 'record', body }
}

export function abort(reason: string, findings: readonly Finding[] = []): Command {
  return record({ kind: 'aborting', reason, findings })
}

/** Findings that stand in the way, as one sentence. */
export function reasonOf(findings: readonly Finding[]): string {
  const bad = findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')
  return bad.map(({ text }) => text).join('; ')
}

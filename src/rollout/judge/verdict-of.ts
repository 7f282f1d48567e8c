import type { Finding, Verdict } from '../../model/rollout.ts'

/** The worst first. A failure is certain whatever else could not be told. */
const order = ['fail', 'error', 'no data'] as const satisfies readonly Verdict[]

/**
 * What findings come to: one failure fails all, and nothing but passes pass. No findings pass, for nothing was asked: who needs
 * evidence has to ask for it.
 */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return order.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'pass'
}

import type { Finding } from '../../model/rollout.ts'
import type { CheckContext } from './check-context.ts'
import { runChecks } from './check.ts'
import { judgeLanes, type Trial } from './judge-lanes.ts'
import { verdictOf } from './verdict-of.ts'

/**
 * One look at a release on trial: the gateway's figures, and as soon as these pass the settings' checks, which are not made
 * for a release that has to wait or to go anyway. Rejects only with the signal's reason.
 */
export async function judgeRelease(
  trial: Trial,
  context: CheckContext,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = judgeLanes(trial)
  if (verdictOf(findings) !== 'pass') return findings
  return [...findings, ...(await runChecks(trial.settings.checks, context, signal))]
}

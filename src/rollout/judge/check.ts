import type { Check } from '../../model/plan.ts'
import type { Finding } from '../../model/rollout.ts'
import { checkCommand } from './check-command.ts'
import type { CheckContext, Outcome } from './check-context.ts'
import { checkHttp } from './check-http.ts'
import { checkPrometheus } from './check-prometheus.ts'

/** Makes one check. Whatever goes wrong is a finding; only an abort rejects, with the signal's reason. */
export async function runCheck(check: Check, context: CheckContext, signal: AbortSignal): Promise<Finding> {
  const { verdict, text } = await outcomeOf(check, context, signal)
  const { name } = check
  // An HTTP check without a name of its own is called what it asks.
  return { name, verdict, text: text.startsWith(`${name} `) ? text : `${name}: ${text}` }
}

/** Makes checks side by side; findings in the order of the checks. */
export function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  return Promise.all(checks.map((check) => runCheck(check, context, signal)))
}

function outcomeOf(check: Check, context: CheckContext, signal: AbortSignal): Promise<Outcome> {
  switch (check.kind) {
    case 'http':
      return checkHttp(check, context.candidate, signal)
    case 'command':
      return checkCommand(check, context, signal)
    case 'prometheus':
      return checkPrometheus(check, signal)
  }
}

import type { CompatibilitySettings } from '../../model/plan.ts'
import type { RecordedRequest } from '../../model/recorded.ts'
import type { Finding } from '../../model/rollout.ts'
import type { CheckContext } from '../judge/check-context.ts'
import { runChecks } from '../judge/check.ts'
import { whole } from '../judge/words.ts'
import { replay, type Replayed } from './replay.ts'

export interface CompatibilityContext extends CheckContext {
  /** What gateways have recorded of the service lately. */
  readonly recorded: readonly RecordedRequest[]
}

/** So many requests, and differences of one request, are told. */
const toldRequests = 20
const toldDifferences = 5

/**
 * What speaks against sending requests to a new instance: the settings' checks, then a replay of recorded requests against it
 * and the old release. Nothing is replayed without settings for it, or without an older release. The release is compatible
 * if none fails and none is an error; a replay in which nothing could be compared is no data, and no obstacle. Rejects only
 * with the signal's reason.
 */
export async function checkCompatibility(
  { checks, replay: replayed }: CompatibilitySettings,
  context: CompatibilityContext,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = (await runChecks(checks, context, signal)).map(asCertain)
  const { candidate: trial, stable, recorded } = context
  if (replayed === undefined || stable === undefined) return findings
  return [...findings, ...findingsOf(await replay({ trial, stable, recorded }, signal))]
}

/** Without traffic there is nothing to wait for: a check that cannot tell could not be made. */
function asCertain(found: Finding): Finding {
  return found.verdict === 'no data' ? { ...found, verdict: 'error' } : found
}

function findingsOf(results: readonly Replayed[]): readonly Finding[] {
  const different = results.filter((result) => result.kind === 'different')
  const alike = results.filter((result) => result.kind === 'alike').length
  const leftOut = results.length - alike - different.length
  const compared = alike + different.length
  const besides = leftOut === 0 ? '' : `, ${whole(leftOut)} left out that stable does not answer alike`
  if (different.length === 0) {
    if (compared > 0) return [finding('pass', `replay: ${told(compared)} answered alike${besides}`)]
    if (leftOut > 0) return [finding('no data', `replay: none of ${told(leftOut)} could be compared`)]
    return [finding('no data', 'replay: no request has been recorded yet')]
  }
  const first = different.slice(0, toldRequests)
  return [
    finding('fail', `replay: ${whole(different.length)} of ${told(compared)} answered differently${besides}`),
    ...first.map(({ request, differences }) => finding('fail', `${request}: ${joined(differences)}`)),
  ]
}

function finding(verdict: Finding['verdict'], text: string): Finding {
  return { name: 'replay', verdict, text }
}

function joined(differences: readonly string[]): string {
  const more = differences.length - toldDifferences
  return `${differences.slice(0, toldDifferences).join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

function told(count: number): string {
  return count === 1 ? '1 request' : `${whole(count)} requests`
}

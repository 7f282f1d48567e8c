import type { RolloutView } from '../../model/rollout.ts'
import type { Paint } from './paint.ts'
import { findingLine, waitText } from './rollout-facts.ts'
import { formatShare } from './units.ts'

/** Where a rollout stands, what it waits for, and what that rests on. */
export function rolloutLines(rollout: RolloutView, paint: Paint): readonly string[] {
  const { service, strategy, from, to, phase, step, steps, basisPoints, paused, reason, findings } = rollout
  const whence = from === undefined ? `to release ${to}` : `from release ${from} to ${to}`
  const state = [
    paused ? `${phase}, paused` : phase,
    ...(step === undefined ? [] : [`step ${step + 1} of ${steps}`]),
    `${formatShare(basisPoints)} of the traffic`,
  ].join(', ')
  const hue =
    phase === 'complete' ? paint.green : phase === 'aborted' || phase === 'aborting' ? paint.red : paint.yellow
  // Figures and reasons that stand behind a colon are told by lines of their own.
  const { waitsFor } = rollout
  const plain = waitsFor === undefined ? rollout : { ...rollout, waitsFor: waitsFor.replace(/:.*$/, '') }
  const waits = waitText(plain, new Date())
  return [
    `${strategy} ${whence}: ${hue(state)}`,
    ...(reason === undefined ? [] : [`  because ${reason}`]),
    ...(isFailedStart(rollout) ? [`  "hotlane logs ${service} --release ${to}" has what it wrote`] : []),
    ...(waits === undefined ? [] : [`  ${waits}`]),
    ...findings.map((finding) => `  ${findingLine(finding, paint)}`),
  ]
}

/** HL4001 to HL4005: an instance was started, and did not become ready. */
function isFailedStart({ phase, reason = '' }: RolloutView): boolean {
  return phase === 'aborted' && /^HL400\d /.test(reason)
}

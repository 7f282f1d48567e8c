import type { Finding, RolloutView, Verdict } from '../../model/rollout.ts'
import type { Paint } from './paint.ts'
import { formatShare, formatTime } from './units.ts'

/** In ms. */
const nextLookMs = 3000

/** What is new in a rollout since it was last looked at (`before`; absent at first), a sentence each. */
export function rolloutFacts(before: RolloutView | undefined, now: RolloutView, paint: Paint): readonly string[] {
  const moved = before?.phase !== now.phase
  const findings = newFindings(before, now).map((finding) => findingLine(finding, paint))
  // What a step, or a phase, follows from is told before it.
  const isCause = before !== undefined && (moved || before.step !== now.step)
  return [
    ...(isCause ? findings : []),
    ...(moved ? phaseFacts(now, paint) : []),
    ...shareFacts(before, now),
    ...(before?.paused === true && !now.paused ? ['goes on'] : []),
    ...(before?.paused !== true && now.paused ? [paint.yellow('paused')] : []),
    ...(isCause ? [] : findings),
    ...waitFacts(before, now),
  ]
}

/** `pass  errors 0.1 % (1 of 1,000), …` */
export function findingLine({ verdict, text }: Finding, paint: Paint): string {
  return `${verdictText(verdict, paint)}  ${text}`
}

/** What a rollout waits for, and for how long; undefined where it waits for nothing that it tells. */
export function waitText({ waitsFor, until }: RolloutView, today: Date): string | undefined {
  if (waitsFor === undefined) return undefined
  return until === undefined || Date.parse(until) - today.getTime() < nextLookMs
    ? `waits for ${waitsFor}`
    : `waits for ${waitsFor}, until ${formatTime(until, today)}`
}

function phaseFacts(now: RolloutView, paint: Paint): readonly string[] {
  const { phase, from, to, strategy, reason } = now
  const why = reason === undefined ? '' : `: ${reason}`
  switch (phase) {
    case 'prepared':
      return [`release ${to} is made, strategy ${strategy}${from === undefined ? '' : `; release ${from} serves`}`]
    case 'starting':
      return [`starting release ${to}`]
    case 'verifying':
      return [`verifying release ${to} before any traffic reaches it`]
    case 'preview':
      return [paint.yellow(`release ${to} goes to preview${why}`)]
    case 'shifting':
      return []
    case 'baking':
      return [`release ${to} has all of the traffic, and is watched for a while`]
    case 'aborting':
      return [paint.red(`aborting${why}`)]
    case 'complete':
    case 'aborted':
      return []
  }
}

function shareFacts(before: RolloutView | undefined, now: RolloutView): readonly string[] {
  if (now.phase !== 'shifting' || before?.basisPoints === now.basisPoints) return []
  return [`release ${now.to} gets ${formatShare(now.basisPoints)} of the traffic${stepText(now)}`]
}

function stepText({ step, steps }: RolloutView): string {
  return step === undefined ? '' : ` (step ${step + 1} of ${steps})`
}

/** What needs a person, or ends at a time worth knowing; the rest is told by phases and verdicts. */
function waitFacts(before: RolloutView | undefined, now: RolloutView): readonly string[] {
  const { phase, needsPerson, until } = now
  if (phase === 'complete' || phase === 'aborted') return []
  const today = new Date()
  if (needsPerson !== true && !isFar(until, today)) return []
  const isNew = before?.step !== now.step || kindOf(before?.waitsFor) !== kindOf(now.waitsFor)
  const text = waitText(now, today)
  return !isNew || text === undefined ? [] : [text]
}

/** Verdicts that were not there before; figures alone may change without being told again. */
function newFindings(before: RolloutView | undefined, now: RolloutView): readonly Finding[] {
  // Nothing has been looked at yet, or the reason says it.
  if (now.phase === 'prepared' || now.phase === 'starting' || now.reason !== undefined) return []
  return now.findings.filter(
    ({ name, verdict }) => !(before?.findings ?? []).some((old) => old.name === name && old.verdict === verdict),
  )
}

/** What is waited for without what may change of it: figures, and what stands behind a colon. */
function kindOf(text: string | undefined): string | undefined {
  return text?.replace(/:.*$/, '').replaceAll(/[\d.,]+/g, '0')
}

/** A time as near as this is that of the next look, and no news. */
function isFar(until: string | undefined, today: Date): until is string {
  return until !== undefined && Date.parse(until) - today.getTime() > nextLookMs
}

function verdictText(verdict: Verdict, paint: Paint): string {
  const text = verdict.padEnd('no data'.length)
  switch (verdict) {
    case 'pass':
      return paint.green(text)
    case 'fail':
    case 'error':
      return paint.red(text)
    case 'no data':
      return paint.yellow(text)
  }
}

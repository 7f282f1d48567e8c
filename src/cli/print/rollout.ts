import type { Event } from '../../model/event.ts'
import type { Finding, RolloutView } from '../../model/rollout.ts'
import { formatDuration } from '../../support/duration.ts'
import type { Paint } from './paint.ts'

type RolloutEvent = Extract<Event, { readonly type: `rollout.${string}` | 'release.made' }>

/** An event of a rollout in one line. */
export function rolloutLine(event: RolloutEvent, paint: Paint): string {
  switch (event.type) {
    case 'release.made': {
      const of = event.rollbackOf === undefined ? '' : `, the content of release ${event.rollbackOf}`
      return `release ${event.release} made ${paint.dim(`(${event.artifact.slice(0, 12)}${of})`)}`
    }
    case 'rollout.started':
      return `rollout of release ${event.rollout.to} ${paint.dim(`(${event.rollout.strategy})`)}`
    case 'rollout.phase':
      return `${standing(event.rollout)}${event.rollout.paused ? paint.yellow(' paused') : ''}`
    case 'rollout.held':
      return `${paint.yellow('note')} ${event.why}, so requests wait while release ${event.release} is started`
    case 'rollout.verdict':
      return `${hue(paint, event.verdict)(event.verdict)}: ${texts(event.findings)}`
    case 'rollout.waiting':
      return paint.dim(`waits for ${event.waitsFor}${event.until === undefined ? '' : ` until ${event.until}`}`)
    case 'rollout.recovered':
      return `rollout ${event.rollout} ${event.how}: ${event.why}`
    case 'rollout.finished': {
      const { rollout, cost } = event
      if (rollout.phase === 'aborted')
        return `${paint.red('aborted')} release ${rollout.to}: ${rollout.reason ?? 'no reason is known'}`
      const figures = cost === undefined ? '' : ` in ${formatDuration(cost.ms)}, ${cost.lost} lost of ${cost.requests}`
      return `${paint.green('serving')} release ${rollout.to}${figures}`
    }
  }
}

function standing({ to, phase, step, steps, basisPoints }: RolloutView): string {
  const where = step === undefined || steps === 0 ? '' : `, step ${Math.min(step + 1, steps)} of ${steps}`
  return `release ${to}: ${phase}${where}, ${basisPoints / 100} % of the traffic`
}

function texts(findings: readonly Finding[]): string {
  return findings.map(({ text }) => text).join('; ')
}

function hue(paint: Paint, verdict: Finding['verdict']): (text: string) => string {
  return verdict === 'pass' ? paint.green : verdict === 'fail' ? paint.red : paint.yellow
}

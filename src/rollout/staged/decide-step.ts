import { type Command, abort, reasonOf, record } from './command.ts'
import { readyOf, trialWanted } from './groups.ts'
import { type Observation, keyOf } from './observation.ts'
import type { RolloutState, ServiceState } from './state.ts'

type Shifting = RolloutState & { readonly phase: 'shifting' }

/** What a rollout does next while the new release stands beside the old one. */
export function decideStep(state: ServiceState, rollout: Shifting, seen: Observation): Command {
  if (rollout.paused) return { kind: 'wait', what: 'a person to resume it' }
  const { plan, since } = rollout
  const step = rollout.full ? undefined : plan.steps[rollout.step]
  const deadline = since + plan.deadlineMs
  const lacking = lackingOf(state, rollout, seen)
  if (step === undefined || step.kind === 'scale') {
    if (lacking > 0) {
      if (seen.now >= deadline) return abort('the instances of the next step were not ready in time')
      return { kind: 'wait', what: `${lacking} more instances to be ready`, until: deadline }
    }
    return step === undefined ? record({ kind: 'promoted' }) : weigh(rollout, step.basisPoints)
  }
  switch (step.kind) {
    case 'weight':
      return weigh(rollout, step.basisPoints)
    case 'pause':
      if (seen.now >= since + step.ms) return onward(rollout)
      return { kind: 'wait', what: 'a pause of the plan', until: since + step.ms }
    case 'approve':
      return { kind: 'wait', what: 'a person to promote it' }
    case 'judge':
      return decideJudge(rollout, seen)
    case 'verify': {
      const { outcome } = seen
      if (outcome?.kind === 'verify' && outcome.key === keyOf(rollout)) {
        const why = reasonOf(outcome.findings)
        return why === '' ? onward(rollout, outcome.findings) : abort(why, outcome.findings)
      }
      return seen.now >= deadline ? abort('the compatibility stage took too long') : { kind: 'verify' }
    }
    case 'command': {
      const { outcome } = seen
      if (outcome?.kind === 'command' && outcome.key === keyOf(rollout))
        return outcome.failure === undefined ? onward(rollout) : abort(outcome.failure)
      if (seen.now >= deadline) return abort('the command of a step took too long')
      return { kind: 'command', command: step.command }
    }
  }
}

/** How many instances are not there yet that the step needs. */
function lackingOf(state: ServiceState, rollout: Shifting, seen: Observation): number {
  return trialWanted(rollout) - readyOf(state, rollout.to).filter(({ id }) => seen.alive.has(id)).length
}

function weigh(rollout: Shifting, basisPoints: number): Command {
  return rollout.basisPoints === basisPoints ? onward(rollout) : record({ kind: 'weighed', basisPoints })
}

function onward({ step }: Shifting, findings?: RolloutState['findings']): Command {
  return record({ kind: 'step', index: step + 1, ...(findings === undefined ? {} : { findings }) })
}

function decideJudge(rollout: Shifting, seen: Observation): Command {
  const { since } = rollout
  const { everyMs, timeoutMs } = rollout.plan.judge
  const look = seen.outcome?.kind === 'judge' && seen.outcome.key === keyOf(rollout) ? seen.outcome : undefined
  const findings = look?.judgement.findings ?? []
  if (look?.judgement.verdict === 'pass') return onward(rollout, findings)
  if (look?.judgement.verdict === 'fail') return abort(reasonOf(findings), findings)
  const until = since + timeoutMs
  if (seen.now >= until) return abort(`no verdict in time: ${openOf(findings)}`, findings)
  if (look === undefined || seen.now >= look.at + everyMs) return { kind: 'judge' }
  return { kind: 'wait', what: `a verdict: ${openOf(findings)}`, until: Math.min(until, look.at + everyMs) }
}

/** What a verdict still lacks. */
function openOf(findings: RolloutState['findings']): string {
  const open = findings.filter(({ verdict }) => verdict === 'no data' || verdict === 'error')
  return open.length === 0 ? 'nothing was found out' : open.map(({ text }) => text).join('; ')
}

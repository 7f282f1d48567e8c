import { type Command, abort, reasonOf, record } from './command.ts'
import { decideBake } from './decide-bake.ts'
import { decideStep } from './decide-step.ts'
import { instancesOf, readyOf, trialWanted } from './groups.ts'
import { type Observation, keyOf } from './observation.ts'
import type { RolloutState, ServiceState } from './state.ts'

/** What a rollout does next. Pure; asked again after every record and whenever anything is observed. */
export function decide(state: ServiceState, seen: Observation): Command {
  const { rollout } = state
  if (rollout === undefined) return { kind: 'idle' }
  if (rollout.phase === 'aborting') return decideAborting(state, rollout, seen)
  const isOver = rollout.phase === 'baking' && rollout.from === undefined
  if (rollout.failure !== undefined && !isOver) return decideFailure(rollout, rollout.failure)
  switch (rollout.phase) {
    case 'starting':
      return decideStarting(state, rollout, seen)
    case 'verifying':
      return decideVerifying(rollout, seen)
    case 'preview':
      return { kind: 'wait', what: `a person: ${rollout.reason}` }
    case 'shifting':
      return decideStep(state, rollout, seen)
    case 'baking':
      return decideBake(state, rollout, seen)
  }
}

function decideFailure(rollout: RolloutState, failure: { readonly why: string; readonly port?: number }): Command {
  const canHold =
    failure.port !== undefined && rollout.phase === 'starting' && !rollout.held && rollout.from !== undefined
  // Only a port of the running instance can be meant by an app that could be started before.
  if (canHold) return record({ kind: 'held', why: `both releases listen on port ${failure.port}` })
  return abort(failure.why)
}

function decideStarting(state: ServiceState, rollout: RolloutState, seen: Observation): Command {
  const wanted = trialWanted(rollout)
  const ready = readyOf(state, rollout.to).filter(({ id }) => seen.alive.has(id)).length
  if (ready >= wanted) return record({ kind: 'started' })
  const until = rollout.since + rollout.plan.deadlineMs
  if (seen.now >= until) return abort(`${ready} of ${wanted} instances were ready in time`)
  const older = rollout.held && state.instances.some(({ release }) => release !== rollout.to)
  return {
    kind: 'wait',
    what: older ? 'the old release to end' : `instances to be ready (${ready} of ${wanted})`,
    until,
  }
}

function decideVerifying(rollout: RolloutState, seen: Observation): Command {
  const { plan, held, from, since } = rollout
  const { outcome } = seen
  if (outcome?.kind === 'verify' && outcome.key === keyOf(rollout)) {
    const { findings } = outcome
    const why = reasonOf(findings)
    if (why === '') return record({ kind: 'verified', findings, compatible: true })
    // Requests wait for one that is held, and there is nothing to go on with beside the first release.
    const canWait = plan.compatibility.otherwise === 'preview' && !held && from !== undefined
    return canWait ? record({ kind: 'verified', findings, compatible: false, why }) : abort(why, findings)
  }
  if (seen.now >= since + plan.deadlineMs) return abort('the compatibility stage took too long')
  return { kind: 'verify' }
}

/** The table was brought back by the record; what is left is to wait until all is as it was. */
function decideAborting(state: ServiceState, rollout: RolloutState, seen: Observation): Command {
  const left = instancesOf(state, rollout.to).length
  const until = rollout.since + rollout.plan.deadlineMs
  const { stable } = state
  const serves = stable === undefined || readyOf(state, stable.release).some(({ id }) => seen.alive.has(id))
  const wasTried = seen.reviveAt > rollout.since
  if ((left === 0 && (serves || wasTried)) || seen.now >= until) return record({ kind: 'finished' })
  return { kind: 'wait', what: left > 0 ? 'the given-up release to end' : 'the old release to be ready again', until }
}

import { Tally } from './figures.ts'
import { isStream, isTimed, type Observations } from './observations.ts'
import type { Loss } from './report.ts'
import { nearSwitchOf, type Phase, phasesOf, steadyOf, type Timeline } from './timeline.ts'

/** Losses that are told one by one. */
const shownLosses = 200

/** Samples added up by where they belong. */
export interface Sorted {
  readonly all: Tally
  readonly phases: ReadonlyMap<Phase, Tally>
  readonly nearSwitch: Tally
  readonly steps: ReadonlyMap<number, Tally>
  /** Outside of deployments and switches, whenever that was: what they are compared with. */
  readonly steady: Tally
  readonly losses: readonly Loss[]
  readonly lost: number
}

export function sort({ plan, samples }: Observations, timeline: Timeline): Sorted {
  const phaseAt = phasesOf(timeline)
  const nearSwitchAt = nearSwitchOf(timeline)
  const isSteady = steadyOf(timeline)
  const [all, nearSwitch, steady] = [new Tally(), new Tally(), new Tally()]
  const phases = new Map<Phase, Tally>()
  const steps = new Map<number, Tally>()
  const losses: Loss[] = []
  let lost = 0
  for (const sample of samples) {
    const { n, step, outcome, status, release, intendedMs, endedMs } = sample
    tallyOf(steps, step).add(sample, true)
    if (isStream(plan, step)) continue
    const timed = isTimed(plan, step)
    const span = { fromMs: intendedMs, toMs: endedMs }
    all.add(sample, timed)
    tallyOf(phases, phaseAt(span)).add(sample, timed)
    if (nearSwitchAt(span)) nearSwitch.add(sample, timed)
    if (isSteady(span)) steady.add(sample, timed)
    if (outcome === 'ok') continue
    lost++
    const name = plan.steps[step]?.name ?? ''
    if (losses.length < shownLosses) losses.push({ n, step: name, outcome, status, atMs: endedMs, release })
  }
  return { all, phases, nearSwitch, steps, steady, losses, lost }
}

function tallyOf<K>(tallies: Map<K, Tally>, key: K): Tally {
  const known = tallies.get(key)
  if (known !== undefined) return known
  const made = new Tally()
  tallies.set(key, made)
  return made
}

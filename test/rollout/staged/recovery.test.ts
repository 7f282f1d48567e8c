import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../../src/model/plan.ts'
import { defaultJudge } from '../../../src/model/strategies.ts'
import type { Runner } from '../../../src/rollout/staged/run.ts'
import { planFor } from './release.ts'
import { type Behaviour, type Control, World } from './world.ts'

let directory = ''
let files = 0
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'hotlane-recovery-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A moment straight before or after a record: what was on disk, and what ran. */
interface Moment {
  readonly when: 'before' | 'after'
  readonly journal: Buffer
  readonly world: World
}

interface Scenario {
  readonly name: string
  readonly plan: Plan
  readonly first?: Plan
  readonly behaviour?: Behaviour
  /** What a person does when the rollout waits for one, or at other moments. */
  readonly person?: (runner: Runner, world: World) => void
  /** Requests may have to wait in it. */
  readonly holds?: boolean
  readonly afterwards?: (runner: Runner, world: World) => Promise<void>
}

async function rollBack(runner: Runner, world: World): Promise<void> {
  let done = false
  void runner.rollback(undefined, new AbortController().signal).then(() => (done = true))
  await world.clock.goOnUntil(() => done)
}

const judge = { ...defaultJudge, timeoutMs: 5000 }
const patient = { judge, bakeMs: 2000, rollbackWindowMs: 10_000, instances: 2 }
const approve = (runner: Runner): void => {
  if (runner.view?.waitsFor?.startsWith('a person') === true) runner.order('promote')
}

const scenarios: readonly Scenario[] = [
  { name: 'replace', plan: planFor('replace', patient) },
  { name: 'replace that does not start', plan: planFor('replace', patient), behaviour: { start: 'fails' } },
  { name: 'replace that is found worse', plan: planFor('replace', patient), behaviour: { bake: 'fail' } },
  { name: 'hold', plan: planFor('hold', patient), holds: true },
  { name: 'hold that does not start', plan: planFor('hold', patient), behaviour: { start: 'fails' }, holds: true },
  {
    name: 'replace that falls to hold',
    plan: planFor('replace', { ...patient, instances: 1 }),
    first: planFor('replace', { ...patient, instances: 1 }),
    behaviour: { start: 'port taken' },
    holds: true,
  },
  { name: 'rolling', plan: planFor('rolling', patient) },
  { name: 'rolling that is found worse', plan: planFor('rolling', patient), behaviour: { bake: 'fail' } },
  { name: 'blue-green', plan: planFor('blue-green', patient), person: approve },
  {
    name: 'blue-green that is aborted',
    plan: planFor('blue-green', patient),
    person: (runner) => {
      if (runner.view?.waitsFor?.startsWith('a person') === true) runner.order('abort')
    },
  },
  { name: 'canary', plan: planFor('canary', patient) },
  { name: 'canary that is worse', plan: planFor('canary', patient), behaviour: { judge: 'fail' } },
  { name: 'canary without traffic', plan: planFor('canary', patient), behaviour: { judge: 'no data' } },
  {
    name: 'canary with every kind of step',
    plan: planFor('canary', {
      ...patient,
      steps: [
        { kind: 'weight', basisPoints: 1000 },
        { kind: 'pause', ms: 1000 },
        { kind: 'verify' },
        { kind: 'command', command: { kind: 'shell', line: 'true' } },
        { kind: 'approve' },
        { kind: 'judge' },
      ],
    }),
    person: approve,
  },
  {
    name: 'rollback to the warm release',
    plan: planFor('replace', patient),
    afterwards: rollBack,
  },
  {
    name: 'rollback by a deploy',
    plan: planFor('replace', patient),
    afterwards: async (runner, world) => {
      await world.clock.goOnUntil(() => runner.state.warm === undefined)
      await rollBack(runner, world)
    },
  },
]

function newJournal(content?: Buffer): string {
  const file = path.join(directory, `journal-${++files}`)
  if (content !== undefined) writeFileSync(file, content)
  return file
}

async function untilOver(control: Control, world: World, person: Scenario['person']): Promise<void> {
  await world.clock.goOnUntil(() => {
    person?.(control.runner, world)
    return control.runner.state.rollout === undefined
  })
}

async function deploy(runner: Runner, world: World, plan: Plan, behaviour?: Behaviour): Promise<void> {
  const make = () => Promise.resolve({ release: world.addRelease(plan, behaviour), plan })
  await runner.deploy(make, { queue: false, signal: new AbortController().signal })
}

/** Runs a scenario once, and keeps every moment of its second deploy. */
async function record({ plan, first, behaviour, person, holds, afterwards }: Scenario): Promise<readonly Moment[]> {
  const world = new World()
  const file = newJournal()
  const moments: Moment[] = []
  let isKept = false
  const control = world.control(file, (when) => {
    if (isKept) moments.push({ when, journal: readFileSync(file), world: world.clone() })
  })
  void control.run()
  await deploy(control.runner, world, first ?? planFor('replace', patient))
  await untilOver(control, world, person)
  world.mustServe = holds !== true
  isKept = true
  await deploy(control.runner, world, plan, behaviour)
  await untilOver(control, world, person)
  if (afterwards !== undefined) {
    await afterwards(control.runner, world)
    await untilOver(control, world, person)
  }
  await world.clock.goOnUntil(() => control.runner.state.warm === undefined && isAtRest(control.runner))
  expect(world.violations).toEqual([])
  control.kill()
  return moments
}

/** Everything that was started serves, or has been stopped. */
function isAtRest({ state }: Runner): boolean {
  return (
    state.rollout === undefined &&
    state.instances.length === state.stable?.instances &&
    state.instances.every(({ stage, release }) => stage === 'ready' && release === state.stable?.release)
  )
}

/** The control process is killed straight after a record, in the middle of the next; another one takes over. */
async function takeOver(
  { journal, world }: Moment,
  next: Moment | undefined,
  { person, holds }: Scenario,
): Promise<void> {
  const torn = next === undefined ? Buffer.alloc(0) : next.journal.subarray(journal.length, journal.length + 20)
  const taken = world.clone()
  taken.mustServe = holds !== true
  const control = taken.control(newJournal(Buffer.concat([journal, torn])))
  expect(control.ledger.cutBytes).toBe(torn.length)
  const before = control.ledger.state('shop')
  void control.run()
  await taken.clock.goOnUntil(() => {
    person?.(control.runner, taken)
    return isAtRest(control.runner) && control.runner.state.warm === undefined
  })
  const { state, view } = control.runner
  expect(taken.violations).toEqual([])
  expect(['complete', 'aborted']).toContain(view?.phase)
  expect(taken.table?.lanes).toHaveLength(1)
  expect(taken.table?.lanes[0].state).toMatchObject({ kind: 'serve', release: state.stable?.release })
  expect([...taken.running].sort()).toEqual(state.instances.map(({ id }) => id).sort())
  const told = taken.events.flatMap((event) => (event.type === 'rollout.recovered' ? [event.rollout] : []))
  const reported = new Set(taken.reports.map(({ rollout }) => rollout.id))
  expect(told).toEqual(before.rollout === undefined ? [] : [before.rollout.id])
  expect(told.filter((id) => !reported.has(id))).toEqual([])
  control.kill()
}

/** The machine went down: nothing runs any more. */
async function reboot({ journal, world }: Moment, { person }: Scenario): Promise<void> {
  const rebooted = world.clone()
  rebooted.mustServe = false
  for (const id of rebooted.running) rebooted.crash(id)
  const control = rebooted.control(newJournal(journal))
  void control.run()
  await rebooted.clock.goOnUntil(() => {
    person?.(control.runner, rebooted)
    return isAtRest(control.runner)
  })
  expect(rebooted.violations).toEqual([])
  expect(rebooted.table?.lanes[0].state).toMatchObject({ kind: 'serve' })
  control.kill()
}

describe('a control process that is killed', () => {
  it.each(scenarios)('at any record of $name, alone or with all instances', async (scenario) => {
    const moments = await record(scenario)
    expect(moments.length).toBeGreaterThan(5)
    for (const [index, moment] of moments.entries()) {
      await takeOver(moment, moments[index + 1], scenario)
      if (moment.when === 'after' && index % 3 === 0) await reboot(moment, scenario)
    }
  })
})

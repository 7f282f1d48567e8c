import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultJudge } from '../../../src/model/strategies.ts'
import { apply } from '../../../src/rollout/staged/apply.ts'
import type { JournalRecord } from '../../../src/rollout/staged/records.ts'
import { emptyState } from '../../../src/rollout/staged/state.ts'
import { HotlaneError } from '../../../src/support/errors.ts'
import { planFor } from './release.ts'
import { type Control, World } from './world.ts'

let directory = ''
let journal = ''
let world = new World()
let control: Control
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-staged-'))
  journal = path.join(directory, 'journal')
  world = new World()
  control = world.control(journal)
  void control.run()
})
afterEach(async () => {
  control.kill()
  assert.deepEqual(world.violations, [])
  await rm(directory, { recursive: true, force: true })
})

type Planned = Parameters<typeof planFor>

async function deploy([strategy, more]: Planned, behaviour: Parameters<World['addRelease']>[1] = {}): Promise<void> {
  const plan = planFor(strategy, more)
  const make = () => Promise.resolve({ release: world.addRelease(plan, behaviour), plan })
  await control.runner.deploy(make, { queue: false, signal: new AbortController().signal })
}

const over = (): Promise<void> => world.clock.goOnUntil(() => control.runner.state.rollout === undefined)
const waitsFor = (what: string): Promise<void> =>
  world.clock.goOnUntil(() => control.runner.view?.waitsFor?.includes(what) === true)

async function serveFirst(instances = 2): Promise<void> {
  await deploy(['replace', { instances }])
  await over()
  world.mustServe = true
}

/** Each weight once, in order, as long as it did not change. */
function weights(): readonly number[] {
  const all = world.installs.map(({ split }) => split?.shares[0]?.basisPoints ?? 0)
  return all.filter((weight, index) => weight !== all[index - 1])
}

describe('a first release', () => {
  it('is held back until it is ready, then has all traffic', async () => {
    await deploy(['replace', {}])
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'complete', to: 1, basisPoints: 10_000 })
    expect(world.table?.lanes[0].state).toMatchObject({ kind: 'serve', release: 1 })
    expect(world.running).toHaveLength(2)
    expect(world.reports[0]).toMatchObject({ rollout: { phase: 'complete' }, lost: 0 })
  })

  it('takes no steps, since there is nothing to compare it with', async () => {
    await deploy(['canary', {}])
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'complete', steps: 0, basisPoints: 10_000 })
  })

  it('is refused with the reason if it never becomes ready', async () => {
    await deploy(['replace', {}], { start: 'fails' })
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'aborted', reason: expect.stringContaining('HL4001') })
    await world.clock.goOnUntil(() => world.table?.lanes[0].state.kind === 'refuse')
    expect(world.table?.lanes[0].state).toMatchObject({ kind: 'refuse', why: expect.stringContaining('HL4001') })
    expect(world.running).toEqual([])
  })
})

describe('a replacement', () => {
  it('takes the traffic at once, keeps the old release warm for its time, then stops it', async () => {
    await serveFirst()
    await deploy(['replace', {}])
    await over()
    expect(world.table?.lanes[0].state).toMatchObject({ release: 2 })
    expect(world.runningOf(1)).toHaveLength(2)
    await world.clock.goOnUntil(() => world.runningOf(1).length === 0)
    expect(world.runningOf(2)).toHaveLength(2)
  })

  it.each([
    ['never becomes ready', { start: 'fails' }],
    ['takes too long to become ready', { startMs: 700_000 }],
    ['is not compatible', { verify: [{ name: 'login', verdict: 'fail', text: 'it answers 401' }] }],
    ['is found worse in the bake', { bake: 'fail' }],
  ] as const)('that %s leaves the old release as it was', async (_, behaviour) => {
    await serveFirst()
    const before = world.table
    await deploy(['replace', {}], behaviour)
    await over()
    expect(control.runner.view?.phase).toBe('aborted')
    expect(world.table?.lanes[0].state).toMatchObject({ release: 1, targets: [{ port: 10_000 }, { port: 10_001 }] })
    expect(world.table?.lanes).toHaveLength(before?.lanes.length ?? 0)
    expect(world.runningOf(2)).toEqual([])
    expect(world.runningOf(1)).toHaveLength(2)
  })

  it('is taken back when an instance of it crashes in the bake', async () => {
    await serveFirst()
    await deploy(['replace', {}])
    await waitsFor('the bake')
    const [victim = ''] = world.runningOf(2)
    world.crash(victim)
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'aborted', reason: expect.stringContaining('exit code 1') })
    expect(world.table?.lanes[0].state).toMatchObject({ release: 1 })
  })

  it('is taken back when it cannot be brought into the table, and has had no request', async () => {
    await serveFirst()
    world.unplaced.add(2)
    await deploy(['replace', {}])
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'aborted', reason: expect.stringContaining('127.0.0.1:80') })
    expect(world.table?.lanes[0].state).toMatchObject({ kind: 'serve', release: 1 })
    expect(world.installs.some(({ lanes: [{ state }] }) => state.kind === 'serve' && state.release === 2)).toBe(false)
  })

  it('holds requests where both releases want the same port', async () => {
    await serveFirst(1)
    world.mustServe = false
    await deploy(['canary', { instances: 1 }], { start: 'port taken' })
    await over()
    expect(world.events.filter(({ type }) => type === 'rollout.held')).toHaveLength(1)
    expect(control.runner.view).toMatchObject({ phase: 'complete', to: 2 })
    expect(world.running).toHaveLength(1)
  })
})

describe('hold', () => {
  it('stops the old release before it starts the new one', async () => {
    await serveFirst()
    world.mustServe = false
    await deploy(['hold', { instances: 1 }], { start: 'port taken' })
    await over()
    expect(control.runner.view?.phase).toBe('complete')
    expect(world.table?.lanes[0].state).toMatchObject({ kind: 'serve', release: 2 })
    expect(world.running).toHaveLength(1)
  })

  it('has the old release back where the new one does not start', async () => {
    await serveFirst()
    world.mustServe = false
    await deploy(['hold', {}], { start: 'fails' })
    await over()
    expect(control.runner.view?.phase).toBe('aborted')
    await world.clock.goOnUntil(() => world.runningOf(1).length === 2)
    expect(world.table?.lanes[0].state).toMatchObject({ kind: 'serve', release: 1 })
  })
})

describe('canary', () => {
  it('goes through the weights of its plan in their order, and no others', async () => {
    await serveFirst()
    await deploy(['canary', {}])
    await over()
    expect(new Set(weights())).toEqual(new Set([0, 500, 2500, 5000]))
    expect(weights().filter((weight) => weight > 0)).toEqual([500, 2500, 5000])
    expect(world.installs.find(({ lanes }) => lanes.length === 2)?.rules[0]).toMatchObject({ lane: 'canary' })
    expect(control.runner.view?.phase).toBe('complete')
  })

  it('is aborted by a bad verdict in its first step, with its numbers', async () => {
    await serveFirst()
    await deploy(['canary', {}], { judge: 'fail' })
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'aborted', reason: 'errors fail' })
    expect(weights().filter((weight) => weight > 0)).toEqual([500])
  })

  it.each(['no data', 'error'] as const)(
    'is never promoted by %s: it says what it waits for, and ends in time',
    async (judge) => {
      await serveFirst()
      await deploy(['canary', { judge: { ...defaultJudge, timeoutMs: 20_000 } }], { judge })
      await waitsFor(`errors ${judge}`)
      await over()
      expect(control.runner.view).toMatchObject({
        phase: 'aborted',
        reason: expect.stringContaining('no verdict in time'),
      })
      expect(weights().filter((weight) => weight > 0)).toEqual([500])
    },
  )

  it('stops where it is while it is paused, and goes on', async () => {
    await serveFirst()
    await deploy([
      'canary',
      {
        steps: [
          { kind: 'weight', basisPoints: 1000 },
          { kind: 'pause', ms: 5000 },
        ],
      },
    ])
    await waitsFor('a pause')
    control.runner.order('pause')
    await world.clock.advance(60_000)
    expect(control.runner.view).toMatchObject({ paused: true, basisPoints: 1000, waitsFor: 'a person to resume it' })
    control.runner.order('resume')
    await over()
    expect(control.runner.view?.phase).toBe('complete')
  })

  it('goes straight to the whole traffic when a person says so', async () => {
    await serveFirst()
    await deploy(['canary', {}], { judge: 'no data' })
    await waitsFor('a verdict')
    control.runner.order('promote full')
    await over()
    expect(weights().filter((weight) => weight > 0)).toEqual([500])
    expect(control.runner.view?.phase).toBe('complete')
  })

  it('ends when the command of a step fails', async () => {
    await serveFirst()
    const step = { kind: 'command', command: { kind: 'shell', line: 'check' } } as const
    await deploy(['canary', { steps: [step] }], { command: 3 })
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'aborted', reason: 'the command check failed (exit code 3)' })
  })
})

describe('blue-green', () => {
  it('waits for a person in its lane, however long it takes', async () => {
    await serveFirst()
    await deploy(['blue-green', {}])
    await waitsFor('a person to promote it')
    await world.clock.advance(86_400_000)
    expect(world.table?.lanes.map(({ name }) => name)).toEqual(['stable', 'preview'])
    expect(world.table?.split).toBeUndefined()
    control.runner.order('promote')
    await over()
    expect(world.table?.lanes[0].state).toMatchObject({ release: 2 })
  })

  it('keeps an incompatible release in preview where the plan says so', async () => {
    await serveFirst()
    const compatibility = { checks: [], otherwise: 'preview' } as const
    await deploy(['replace', { compatibility }], { verify: [{ name: 'shape', verdict: 'fail', text: 'no field id' }] })
    await world.clock.goOnUntil(() => control.runner.view?.phase === 'preview')
    expect(control.runner.view).toMatchObject({
      reason: 'no field id',
      waitsFor: 'a person: no field id',
    })
    control.runner.order('abort')
    await over()
    expect(world.runningOf(2)).toEqual([])
  })
})

describe('rolling', () => {
  it('replaces instance by instance', async () => {
    await serveFirst()
    await deploy(['rolling', { instances: 2 }])
    let most = 0
    await world.clock.goOnUntil(() => {
      most = Math.max(most, world.running.length)
      return control.runner.state.rollout === undefined
    })
    expect(most).toBe(3)
    expect(weights().filter((weight) => weight > 0)).toEqual([5000, 10_000])
    expect(world.runningOf(2)).toHaveLength(2)
  })
})

describe('rollback', () => {
  const never = new AbortController().signal

  it('inside the window is one change of the table', async () => {
    await serveFirst()
    await deploy(['replace', {}])
    await over()
    const installs = world.installs.length
    const at = world.clock.now()
    let view: unknown
    void control.runner.rollback(undefined, never).then((told) => (view = told))
    await world.clock.goOnUntil(() => view !== undefined)
    expect(view).toMatchObject({ phase: 'complete', from: 2, to: 1 })
    expect(world.installs).toHaveLength(installs + 1)
    expect(world.clock.now()).toBe(at + 5)
    expect(world.table?.lanes[0].state).toMatchObject({ release: 1 })
    await world.clock.goOnUntil(() => world.runningOf(2).length === 0)
    expect(world.runningOf(1)).toHaveLength(2)
    expect(control.runner.state.failed[2]).toBe('rolled back to release 1')
  })

  it('after the window deploys the old content as a new release', async () => {
    await serveFirst()
    await deploy(['replace', {}])
    await over()
    await world.clock.goOnUntil(() => control.runner.state.warm === undefined)
    await control.runner.rollback(undefined, never)
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'complete', to: 3 })
    expect(world.releases.get(3)?.origin).toEqual({ kind: 'rollback', of: 1 })
    expect(control.runner.state.failed[2]).toBe('rolled back to release 1')
  })

  it('is not cut by the drain that the old release was in', async () => {
    await serveFirst()
    await deploy(['replace', {}], { bake: 'fail' })
    await world.clock.goOnUntil(() => control.runner.state.rollout?.phase === 'baking')
    await world.clock.goOnUntil(
      () => world.table?.lanes[0].state.kind === 'serve' && world.installs.at(-1) === world.table,
    )
    const [victim = ''] = world.runningOf(2)
    world.crash(victim)
    await over()
    // The world complains where a drain ends on a target that has traffic again.
    expect(world.table?.lanes[0].state).toMatchObject({ release: 1, targets: [{ id: 'shop-1~' }, { id: 'shop-2~' }] })
  })

  it('does not take an earlier drain, that ends late, for one of the requests since then', () => {
    const address = { host: '127.0.0.1', port: 1, pid: 2, portFixed: false }
    const resting = { id: 'a', release: 1, stage: 'resting', address, target: 'a~', drained: false } as const
    const figures = { inFlight: 0, ended: 0, streams: 0 }
    const drained = (target: string): JournalRecord => {
      return { seq: 1, at: 1, service: 'shop', rollout: 1, kind: 'drained', id: 'a', target, ...figures }
    }
    const after = (target: string) => apply({ ...emptyState('shop'), instances: [resting] }, drained(target)).instances
    expect(after('a')).toEqual([resting])
    expect(after('a~')).toEqual([{ ...resting, drained: true }])
  })

  it('of a rollout under way is its abort', async () => {
    await serveFirst()
    await deploy(['blue-green', {}])
    await waitsFor('a person')
    await control.runner.rollback(undefined, never)
    await over()
    expect(control.runner.view?.phase).toBe('aborted')
  })

  it('of a rollout under way is refused where another release is asked for', async () => {
    await serveFirst()
    await deploy(['replace', {}])
    await over()
    await deploy(['blue-green', {}])
    await waitsFor('a person')
    await expect(control.runner.rollback(1, never)).rejects.toMatchObject({ code: 'HL6101' })
    expect(control.runner.view?.phase).toBe('shifting')
    await control.runner.rollback(2, never)
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'aborted', from: 2 })
  })

  it('needs a release to go back to', async () => {
    await serveFirst()
    await expect(control.runner.rollback(undefined, never)).rejects.toMatchObject({ code: 'HL6103' })
    await expect(control.runner.rollback(1, never)).rejects.toMatchObject({ code: 'HL6103' })
  })
})

describe('two deploys of one service', () => {
  it('are refused, or come one after the other', async () => {
    await serveFirst()
    await deploy(['blue-green', {}])
    await expect(deploy(['replace', {}])).rejects.toMatchObject({ code: 'HL6101' })
    const plan = planFor('replace')
    const queued = control.runner.deploy(() => Promise.resolve({ release: world.addRelease(plan), plan }), {
      queue: true,
      signal: new AbortController().signal,
    })
    await waitsFor('a person')
    control.runner.order('abort')
    let begun = false
    void queued.then(() => (begun = true))
    await world.clock.goOnUntil(() => begun)
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'complete', to: 3 })
  })
})

describe('an instance that serves', () => {
  it('is started again when it crashes, and waits longer each time', async () => {
    await serveFirst()
    const [victim = ''] = world.runningOf(1)
    world.crash(victim)
    await world.clock.goOnUntil(() => world.runningOf(1).length === 2)
    expect(world.events.find(({ type }) => type === 'instance.crashed')).toMatchObject({ restartInMs: 100 })
  })

  it('and crashes again and again is told to those who ask, and still started', async () => {
    await serveFirst(1)
    world.mustServe = false
    for (let crashes = 0; crashes < 3; crashes++) {
      await world.clock.goOnUntil(() => world.table?.lanes[0].state.kind === 'serve' && world.runningOf(1).length === 1)
      const [victim = ''] = world.runningOf(1)
      world.crash(victim)
      await world.clock.goOnUntil(() => world.table?.lanes[0].state.kind !== 'serve')
    }
    expect(world.table?.lanes[0].state).toMatchObject({ kind: 'refuse', why: expect.stringContaining('3 times') })
    await world.clock.goOnUntil(() => world.table?.lanes[0].state.kind === 'serve')
    const delays = world.events.flatMap((event) => (event.type === 'instance.crashed' ? [event.restartInMs] : []))
    expect(delays).toEqual([100, 200, 400])
  })

  it('makes room for no other while a rollout is under way: each release keeps its number of instances', async () => {
    await serveFirst()
    await deploy(['blue-green', {}])
    await waitsFor('a person')
    const [victim = ''] = world.runningOf(1)
    world.crash(victim)
    await world.clock.goOnUntil(() => world.runningOf(1).length === 2)
    expect(control.runner.view).toMatchObject({ phase: 'shifting' })
    const [trial = ''] = world.runningOf(2)
    world.crash(trial)
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'aborted', reason: 'exit code 1' })
    expect(world.runningOf(1)).toHaveLength(2)
  })
})

describe('a disk that is full', () => {
  it('changes nothing but the pace: traffic goes on, and so does the rollout when there is room again', async () => {
    control.kill()
    let isFull = false
    control = world.control(journal, (when) => {
      if (isFull && when === 'before')
        throw new HotlaneError('HL6112', { params: { file: journal, reason: 'ENOSPC: no space left on device' } })
    })
    void control.run()
    await serveFirst()
    await deploy([
      'canary',
      {
        steps: [
          { kind: 'weight', basisPoints: 500 },
          { kind: 'pause', ms: 1000 },
        ],
      },
    ])
    await waitsFor('a pause')
    isFull = true
    const before = JSON.stringify(control.runner.state)
    await world.clock.advance(30_000)
    expect(JSON.stringify(control.runner.state)).toBe(before)
    expect(() => control.runner.order('abort')).toThrow(expect.objectContaining({ code: 'HL6112' }))
    expect(world.events.filter(({ type }) => type === 'session.fault')).toHaveLength(1)
    isFull = false
    await over()
    expect(control.runner.view).toMatchObject({ phase: 'complete', to: 2 })
  })
})

describe('orders', () => {
  it('that make no sense are refused', async () => {
    await serveFirst()
    for (const order of ['promote', 'promote full', 'pause', 'resume', 'abort'] as const)
      expect(() => control.runner.order(order)).toThrow(expect.objectContaining({ code: 'HL6103' }))
  })

  it('down ends every instance, even where that cannot be written', async () => {
    control.kill()
    let isFull = false
    control = world.control(journal, (when) => {
      if (isFull && when === 'before') throw new HotlaneError('HL6112', { params: { file: journal, reason: 'ENOSPC' } })
    })
    void control.run()
    await serveFirst()
    control.stop()
    await control.run()
    world.table = undefined
    isFull = true
    let failure: unknown
    void control.runner.end().catch((error: unknown) => (failure = error))
    await world.clock.goOnUntil(() => failure !== undefined)
    expect(failure).toMatchObject({ code: 'HL6112' })
    expect(world.running).toEqual([])
  })

  it('down ends every instance', async () => {
    await serveFirst()
    await deploy(['blue-green', {}])
    await waitsFor('a person')
    control.stop()
    let left = false
    void control.run().then(() => (left = true))
    await world.clock.goOnUntil(() => left)
    expect(world.running).toHaveLength(4)
    // The gateway has been closed.
    world.table = undefined
    let ended = false
    void control.runner.end().then(() => (ended = true))
    await world.clock.goOnUntil(() => ended)
    expect(world.running).toEqual([])
    expect(control.runner.view).toMatchObject({ phase: 'aborted', reason: 'hotlane was ended' })
  })
})

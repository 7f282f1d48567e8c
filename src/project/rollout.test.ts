import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { planOf } from '../model/strategies.ts'
import { load, trees } from '../../test/project/tree.ts'
import { HotlaneError } from '../support/errors.ts'
import { renderSettings } from './render.ts'

const tree = trees()

function withFile(text: string): string {
  return tree({ 'hotlane.yaml': text, 'run/.keep': '' })
}

/** Plans of services that are given as YAML, below the project's keys. */
async function plans(services: string, top = ''): Promise<Readonly<Record<string, Plan>>> {
  return (await load(withFile(`${top}services:\n${services}`))).project.plans
}

/** The plan of one service whose `rollout` is given in flow style. */
async function plan(rollout: string, rest = ''): Promise<Plan> {
  const { a } = await plans(`  a: { run: x, rollout: ${rollout}${rest} }\n`)
  if (a === undefined) throw new Error('no plan')
  return a
}

async function failure(text: string): Promise<HotlaneError> {
  const error: unknown = await load(withFile(text)).catch((error: unknown) => error)
  if (error instanceof HotlaneError) return error
  throw new Error(`no error of hotlane's: ${String(error)}`)
}

describe('rollout', () => {
  test('is replace, one instance, where nothing is said', async () => {
    expect(await plans('  a: { run: x }\n')).toEqual({ a: planOf('replace', 1) })
  })

  test.each(['replace', 'hold', 'rolling', 'blue-green', 'canary'] as const)('takes a word: %s', async (strategy) => {
    expect(await plan(strategy, ', instances: 3')).toEqual(planOf(strategy, 3))
  })

  test('says everything', async () => {
    const root = withFile(`
services:
  a:
    run: x
    cwd: run
    instances: 2
    rollout:
      strategy: canary
      steps:
        - 0.25%
        - judge
        - { weight: 12.5% }
        - pause: 1m30s
        - approve
        - verify
        - command: make smoke
        - { command: [a, b], cwd: .. }
        - 100%
      rules: [{ header: X-Beta }, { cookie: v, value: b }, { query: v, value: '1' }]
      sticky: { header: X-User }
      judge:
        minRequests: 50
        errors: 0.5%
        confidence: 0.95
        latency: { p99: 2x, p50: 1.25x }
        checks:
          - { prometheus: 'http://localhost:9090', query: up, min: 1, max: 2.5, name: up }
        every: 2s
        timeout: 10m
      verify:
        checks:
          - { http: /healthz }
          - { http: /healthz, expect: [200, 204], contains: ok, timeout: 1s }
          - { http: /x, expect: 404 }
          - { command: ./smoke.sh, cwd: checks }
        replay: { requests: 20, redact: [X-Secret], ignore: [/admin] }
        otherwise: preview
      bake: 0s
      window: 5m
      deadline: 1h
      keep: 3
`)
    const run = `${root}/run`
    const { project } = await load(root)
    const expected: Plan = {
      strategy: 'canary',
      instances: 2,
      steps: [
        { kind: 'weight', basisPoints: 25 },
        { kind: 'judge' },
        { kind: 'weight', basisPoints: 1250 },
        { kind: 'pause', ms: 90_000 },
        { kind: 'approve' },
        { kind: 'verify' },
        { kind: 'command', command: { kind: 'shell', line: 'make smoke', directory: run } },
        { kind: 'command', command: { kind: 'argv', argv: ['a', 'b'], directory: root } },
      ],
      rules: [
        { kind: 'header', name: 'X-Beta' },
        { kind: 'cookie', name: 'v', value: 'b' },
        { kind: 'query', name: 'v', value: '1' },
      ],
      sticky: { kind: 'header', name: 'X-User' },
      judge: {
        minRequests: 50,
        errorMargin: 0.005,
        confidence: 0.95,
        latency: [
          { quantile: 0.5, ratio: 1.25 },
          { quantile: 0.99, ratio: 2 },
        ],
        checks: [
          {
            kind: 'prometheus',
            name: 'up',
            url: 'http://localhost:9090',
            query: 'up',
            least: 1,
            most: 2.5,
            timeoutMs: 10_000,
          },
        ],
        everyMs: 2000,
        timeoutMs: 600_000,
      },
      compatibility: {
        checks: [
          { kind: 'http', name: 'GET /healthz', path: '/healthz', expectStatus: [], timeoutMs: 10_000 },
          {
            kind: 'http',
            name: 'GET /healthz (2)',
            path: '/healthz',
            expectStatus: [200, 204],
            expectText: 'ok',
            timeoutMs: 1000,
          },
          { kind: 'http', name: 'GET /x', path: '/x', expectStatus: [404], timeoutMs: 10_000 },
          {
            kind: 'command',
            name: './smoke.sh',
            command: { kind: 'shell', line: './smoke.sh', directory: `${run}/checks` },
            timeoutMs: 10_000,
          },
        ],
        replay: { requests: 20, redact: ['x-secret'], ignore: ['/admin'] },
        otherwise: 'preview',
      },
      bakeMs: 0,
      rollbackWindowMs: 300_000,
      deadlineMs: 3_600_000,
      keepReleases: 3,
    }
    expect(project.plans).toEqual({ a: expected })
  })

  test('replay can be switched on and off', async () => {
    const on = await plan('{ verify: { replay: true } }')
    expect(on.compatibility.replay).toEqual({ requests: 200, redact: [], ignore: [] })
    expect((await plan('{ verify: { replay: false } }')).compatibility).not.toHaveProperty('replay')
  })

  test('has no rules where there is no trial, or the list is empty', async () => {
    expect((await plan('canary')).rules).toHaveLength(3)
    expect((await plan('{ strategy: canary, rules: [] }')).rules).toEqual([])
    expect((await plan('rolling')).rules).toEqual([])
  })

  test('stands at top level in the short form, with instances', async () => {
    const { project } = await load(withFile('run: x\ninstances: 2\nrollout: rolling\n'))
    expect(project.plans).toEqual({ shop: planOf('rolling', 2) })
  })
})

describe('rollout of the project', () => {
  const top = 'rollout: { strategy: canary, steps: [10%, judge], bake: 1m, judge: { minRequests: 7, errors: 1% } }\n'

  test('fills up that of each service, key by key', async () => {
    const { a, b } = await plans(
      '  a: { run: x }\n  b: { run: x, rollout: { bake: 2m, judge: { errors: 2% } } }\n',
      top,
    )
    const steps = [{ kind: 'weight', basisPoints: 1000 }, { kind: 'judge' }]
    expect(a).toMatchObject({ strategy: 'canary', steps, bakeMs: 60_000, judge: { minRequests: 7, errorMargin: 0.01 } })
    expect(b).toMatchObject({
      strategy: 'canary',
      steps,
      bakeMs: 120_000,
      judge: { minRequests: 7, errorMargin: 0.02 },
    })
  })

  test('gives no steps to another strategy', async () => {
    const { a, b } = await plans(
      '  a: { run: x, rollout: rolling, instances: 2 }\n  b: { run: x, overlap: hold }\n',
      top,
    )
    expect(a).toMatchObject({ ...planOf('rolling', 2), bakeMs: 60_000, judge: { minRequests: 7 } })
    expect(b).toMatchObject({ strategy: 'hold', steps: [], rules: [] })
  })

  test('is told as the origin of what is inherited', async () => {
    const services = '  a: { run: x, rollout: { bake: 2m } }\n  b: { run: x, rollout: replace }\n'
    const loaded = await load(withFile(`${top}services:\n${services}`))
    const from = new Map(loaded.origins.map((origin) => [origin.path, origin.from]))
    expect(from.get('services.a.rollout.strategy')).toBe('hotlane.yaml:1:22')
    expect(from.get('services.a.rollout.judge.errors')).toMatch(/^hotlane\.yaml:1:\d+$/)
    expect(from.get('services.a.rollout.bake')).toBe('hotlane.yaml:3:33')
    expect(from.get('services.a.rollout.window')).toBe('default')
    expect(from.get('services.b.rollout.strategy')).toMatch(/^hotlane\.yaml:4:\d+$/)
    expect(from.get('services.b.rollout.steps')).toBe('default')
  })
})

test('the example shop tries orders on a part of the traffic, and replaces auth', async () => {
  const { project } = await load(path.resolve(import.meta.dirname, '../../examples/gin-shop'))
  const { orders, auth } = project.plans
  expect(orders).toMatchObject({ strategy: 'canary', compatibility: { otherwise: 'preview' } })
  expect(auth).toMatchObject({ strategy: 'replace', compatibility: { otherwise: 'preview' } })
  expect(auth?.compatibility.checks[0]).toMatchObject({ kind: 'http', path: '/health' })
})

describe('a wrong rollout', () => {
  const head = 'services:\n  a:\n    run: x\n'

  test.each([
    [
      'rollout: canarry',
      '4:14',
      'services.a.rollout should be one of replace, hold, rolling, blue-green, canary, or a mapping',
    ],
    ['rollout: { strategy: canary, stps: [] }', '4:34', 'unknown key services.a.rollout.stps; did you mean steps?'],
    [
      'rollout: { strategy: canary, steps: [5%, jugde] }',
      '4:46',
      'steps.1 should be a weight such as "5%", judge, approve',
    ],
    ['rollout: { strategy: canary, steps: [101%] }', '4:42', 'steps.0 should be a weight'],
    ['rollout: { strategy: canary, steps: [0.001%] }', '4:42', 'steps.0 should be a weight'],
    [
      'rollout: { strategy: canary, steps: [20%, judge, 10%] }',
      '4:54',
      'steps.2 should be a weight above the 20% before it',
    ],
    ['rollout: { strategy: canary, steps: [5%, 5%] }', '4:46', 'steps.1 should be a weight above the 5% before it'],
    [
      'rollout: { strategy: canary, steps: [100%, judge] }',
      '4:48',
      'steps.1 should be left out, since the whole traffic',
    ],
    ['rollout: { strategy: canary, steps: [{ weight: 5%, pause: 1m }] }', '4:42', 'steps.0 should be a weight'],
    ['rollout: { strategy: canary, steps: [{ weigth: 5% }] }', '4:44', 'did you mean weight?'],
    ['rollout: { strategy: hold, steps: [5%] }', '4:39', 'steps should be left out, since hold makes its own steps'],
    ['rollout: { strategy: rolling, steps: [approve] }', '4:42', 'since rolling makes its own steps'],
    ['rollout: { steps: [5%, judge] }', '4:23', 'without weights and judge, since replace moves all traffic at once'],
    [
      'rollout: { rules: [{ header: a, cookie: b }] }',
      '4:24',
      'rules.0 should be a mapping with one of header, cookie',
    ],
    ['rollout: { judge: { confidence: 100% } }', '4:37', 'a share from 50% to below 100%'],
    ['rollout: { judge: { latency: { p99: 0.5x } } }', '4:41', 'a multiple of at least 1'],
    ['rollout: { judge: { every: 0s } }', '4:32', 'a duration longer than 0'],
    ['rollout: { verify: { checks: [{ contains: ok }] } }', '4:35', 'one of http, command and prometheus'],
    ['rollout: { verify: { checks: [{ command: a, expect: 200 }] } }', '4:35', 'expect and contains only beside http'],
    ["rollout: { judge: { checks: [{ prometheus: 'http://p', query: up }] } }", '4:34', 'query and min or max'],
    ['instances: 0', '4:16', 'instances should be a number of instances, at least 1'],
  ])('%s is told with its place', async (line, place, message) => {
    const error = await failure(`${head}    ${line}\n`)
    expect(error.message).toContain(message)
    expect([error.position?.line, error.position?.column].join(':')).toBe(place)
  })

  test('does not go beside "overlap: hold"', async () => {
    const canary = await failure(`${head}    overlap: hold\n    rollout: canary\n`)
    expect(canary.message).toBe('services.a.rollout.strategy should be hold beside "overlap: hold", but is canary')
    expect(canary.position).toMatchObject({ line: 5 })
    const two = await failure(`${head}    overlap: hold\n    instances: 2\n`)
    expect(two.message).toBe('services.a.instances should be 1 beside "overlap: hold", but is 2')
  })
})

describe('gateway', () => {
  test('has its own choices where nothing is said', async () => {
    const { project } = await load(withFile('run: x\n'))
    expect(project.gateway).toEqual({ tellRelease: false, trustedProxies: [], timeouts: {} })
  })

  test('sets every key', async () => {
    const { project } = await load(
      withFile(`run: x
gateway:
  workers: 3
  tellRelease: true
  trustedProxies: [10.0.0.0/8, '::1', 'fd00::/8']
  maxConnections: 1000
  maxConnectionsPerAddress: 10
  accessLog: { file: logs/access.log, sample: 10% }
  timeouts: { head: 10s, idle: 1m, body: 30s }
`),
    )
    expect(project.gateway).toEqual({
      workers: 3,
      tellRelease: true,
      trustedProxies: ['10.0.0.0/8', '::1', 'fd00::/8'],
      maxConnections: 1000,
      maxConnectionsPerAddress: 10,
      accessLog: { file: path.join(project.root, 'logs/access.log'), sample: 0.1 },
      timeouts: { headMs: 10_000, idleMs: 60_000, bodyIdleMs: 30_000 },
    })
  })

  test.each(['10.0.0.0/33', 'localhost', '10.0.0.1/8/8', '::/129', '1.2.3'])(
    'takes no %s for a network',
    async (text) => {
      const error = await failure(`run: x\ngateway:\n  trustedProxies: [a, '${text}']\n`.replace('a, ', ''))
      expect(error.message).toContain('gateway.trustedProxies.0 should be an address or a network')
      expect(error.position).toMatchObject({ line: 3 })
    },
  )
})

describe('effective settings', () => {
  const weight = fc.integer({ min: 0, max: 9999 })
  const others = fc.constantFrom('judge', 'approve', 'verify', '{ pause: 1500ms }', '{ command: [make, smoke] }')
  const steps = fc
    .tuple(fc.uniqueArray(weight, { maxLength: 5 }), fc.array(others, { maxLength: 3 }))
    .map(([weights, rest]) =>
      weights
        .sort((a, b) => a - b)
        .map((points) => `${points / 100}%`)
        .concat(rest),
    )

  test('mean the same when they are read again', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom('canary', 'blue-green'), async (steps, strategy) => {
        const rollout = `{ strategy: ${strategy}, steps: [${steps.join(', ')}] }`
        const loaded = await load(withFile(`services:\n  a: { run: x, rollout: ${rollout} }\n`))
        const again = await load(withFile(renderSettings(loaded)))
        expect(again.project.plans['a']?.steps).toEqual(inDirectory(loaded.project.plans['a'], again.project.root))
      }),
      { numRuns: 30 },
    )
  })

  test('keep all the rest', async () => {
    const text = `gateway: { workers: 2, timeouts: { idle: 1500ms } }
services:
  a: { run: x, instances: 3, rollout: { strategy: rolling, sticky: { header: a }, judge: { latency: { p95: 1.5x } } } }
  b: { run: x, overlap: hold }
  c: { run: x, rollout: { verify: { replay: true, checks: [{ http: /, expect: 200 }, { prometheus: 'http://p', query: q, max: 0 }] } } }
`
    const root = withFile(text)
    const loaded = await load(root)
    const again = await load(withFile(renderSettings(loaded)))
    expect(again.project.plans).toEqual(loaded.project.plans)
    expect(again.project.gateway).toEqual(loaded.project.gateway)
    expect(again.settings).toEqual(loaded.settings)
  })
})

function inDirectory(plan: Plan | undefined, directory: string): Plan['steps'] | undefined {
  return plan?.steps.map((step) =>
    step.kind === 'command' ? { ...step, command: { ...step.command, directory } } : step,
  )
}

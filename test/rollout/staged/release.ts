import type { Plan, Step, Strategy } from '../../../src/model/plan.ts'
import type { Release } from '../../../src/model/release.ts'
import type { Service } from '../../../src/model/service.ts'
import { planOf, stepsOf } from '../../../src/model/strategies.ts'

const service: Service = {
  name: 'shop',
  directory: '/shop',
  build: { kind: 'none' },
  before: [],
  run: { kind: 'command', command: { kind: 'argv', argv: ['shop'] } },
  workingDirectory: '/shop',
  args: [],
  env: {},
  envFiles: [],
  listen: { host: '127.0.0.1', port: 8080, fixed: true },
  route: { path: '/' },
  overlap: 'auto',
  ready: { kind: 'auto', timeoutMs: 1000 },
  stop: { signal: 'SIGTERM', graceMs: 1000 },
  drainMs: 1000,
  watch: { roots: [], include: [], ignore: [], ignorePatterns: [], gitignore: true, followLinks: true },
  rules: [],
  after: [],
  restartOnCrash: true,
  browserReload: false,
}

export function releaseOf(number: number, plan: Plan): Release {
  return {
    number,
    service,
    plan,
    artifact: { hash: String(number).repeat(8) },
    environment: { NUMBER: String(number) },
    madeAt: '2026-01-01T00:00:00.000Z',
    origin: { kind: 'build' },
  }
}

export function planFor(
  strategy: Strategy,
  more: Partial<Omit<Plan, 'strategy' | 'steps'>> & { readonly steps?: readonly Step[] } = {},
): Plan {
  const instances = more.instances ?? 2
  return { ...planOf(strategy, instances), bakeMs: 3000, ...more, steps: more.steps ?? stepsOf(strategy, instances) }
}

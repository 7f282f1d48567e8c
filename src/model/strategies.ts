import type { JudgeSettings, Plan, Step, Strategy } from './plan.ts'

/** All traffic, in basis points. */
export const wholeTraffic = 10_000

/** What is compared where the settings say nothing: errors alone, since how much slower is too slow differs from service to service. */
export const defaultJudge: JudgeSettings = {
  minRequests: 100,
  errorMargin: 0.005,
  confidence: 0.99,
  latency: [],
  checks: [],
  everyMs: 1000,
  timeoutMs: 3_600_000,
}

/** How a person reaches a release on trial where the settings say nothing: by header, cookie or query `version=beta`. */
const defaultRules: Plan['rules'] = [
  { kind: 'header', name: 'version', value: 'beta' },
  { kind: 'cookie', name: 'version', value: 'beta' },
  { kind: 'query', name: 'version', value: 'beta' },
]

const defaultCanary: readonly Step[] = [500, 2500, 5000].flatMap((basisPoints) => [
  { kind: 'weight', basisPoints },
  { kind: 'judge' },
])

/**
 * The steps of a strategy. Every rollout begins at weight 0, and what follows the last step is the whole traffic, so neither
 * is among them. `given` are those of the settings, which blue-green, canary and replace take; rolling makes one step per
 * instance, the last of which has the whole traffic; hold has none.
 */
export function stepsOf(strategy: Strategy, instances: number, given?: readonly Step[]): readonly Step[] {
  switch (strategy) {
    case 'hold':
      return []
    case 'rolling':
      return Array.from({ length: instances }, (_, index) => ({
        kind: 'scale',
        instances: index + 1,
        basisPoints: Math.round(((index + 1) * wholeTraffic) / instances),
      }))
    case 'replace':
      return given ?? []
    case 'blue-green':
      return given ?? [{ kind: 'approve' }]
    case 'canary':
      return given ?? defaultCanary
  }
}

/** Whether a release on trial stands beside the old one for a while, so that people may want to reach it. */
export function hasTrial(strategy: Strategy): boolean {
  return strategy === 'blue-green' || strategy === 'canary'
}

/** The rules of a strategy: those given, else `version=beta` where there is a trial. */
export function rulesOf(strategy: Strategy, given?: Plan['rules']): Plan['rules'] {
  return given ?? (hasTrial(strategy) ? defaultRules : [])
}

/** The plan of a service that says nothing but its strategy and instances. */
export function planOf(strategy: Strategy, instances: number): Plan {
  return {
    strategy,
    steps: stepsOf(strategy, instances),
    instances,
    rules: rulesOf(strategy),
    sticky: { kind: 'cookie' },
    compatibility: { checks: [], otherwise: 'abort' },
    judge: defaultJudge,
    bakeMs: 10_000,
    rollbackWindowMs: 60_000,
    deadlineMs: 600_000,
    keepReleases: 10,
  }
}

/** The same plan by another strategy, for one deploy (`--strategy`): with the steps and rules that this one has by default. */
export function withStrategy(plan: Plan, strategy: Strategy): Plan {
  if (plan.strategy === strategy) return plan
  const rules = plan.rules.length === 0 ? rulesOf(strategy) : plan.rules
  return { ...plan, strategy, steps: stepsOf(strategy, plan.instances), rules }
}

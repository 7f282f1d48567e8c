import type { CompatibilitySettings, JudgeSettings, Plan, Step, Strategy } from '../model/plan.ts'
import { planOf, rulesOf, stepsOf } from '../model/strategies.ts'
import type { StickyKey } from '../model/table.ts'
import { toCommand } from './commands.ts'
import { inherit, mappingOf } from './inherit-rollout.ts'
import { raise } from './problem.ts'
import { resolveChecks } from './resolve-checks.ts'
import { milliseconds, type ServicePlace } from './resolve-service.ts'
import type { ServiceSettings } from './schema.ts'
import { type RolloutMapping, type RolloutSettings, type RolloutStepSettings, weightOf } from './schema-rollout.ts'
import { shareOf } from './schema-values.ts'

/** What of a service's settings makes its plan, besides what the project says for all. */
export interface PlanParts extends Pick<ServiceSettings, 'rollout' | 'instances' | 'overlap'> {
  readonly name: string
  /** Where its commands run. */
  readonly directory: string
}

export interface ResolvedPlan {
  readonly plan: Plan
  /** What was said about it, by the service or the project. */
  readonly given: RolloutMapping
}

/**
 * The plan of a service: its own `rollout`, filled up from the project's. A service that says `overlap: hold` is replaced by
 * the strategy `hold`, whatever the project says.
 * @throws HotlaneError HL1004 where settings do not go together
 */
export function resolvePlan(
  service: PlanParts,
  shared: RolloutSettings | undefined,
  position: ServicePlace['position'],
): ResolvedPlan {
  const { name, directory, instances = 1, overlap } = service
  const own = mappingOf(service.rollout)
  const single: RolloutMapping = overlap === 'hold' ? { strategy: 'hold' } : {}
  const given = inherit({ ...single, ...own }, mappingOf(shared))
  const strategy = given.strategy ?? 'replace'
  const steps = given.steps?.map((item) => resolveStep(item, directory))
  const wrong = (key: string, expected: string, actual: string) => {
    const at = `services.${name}.${key}`
    raise([{ code: 'HL1004', params: { key: at, expected, actual }, position: position(at) }])
  }
  if (overlap === 'hold' && strategy !== 'hold') wrong('rollout.strategy', 'hold beside "overlap: hold"', strategy)
  if (overlap === 'hold' && instances > 1) wrong('instances', '1 beside "overlap: hold"', String(instances))
  const complaint = steps === undefined ? undefined : unfit(strategy, steps)
  if (complaint !== undefined) wrong('rollout.steps', complaint, `a list for the strategy ${strategy}`)
  const usual = planOf(strategy, instances)
  const plan: Plan = {
    strategy,
    instances,
    steps: stepsOf(strategy, instances, steps?.filter(isNoEnd)),
    rules: rulesOf(strategy, given.rules?.map(resolveRule)),
    sticky: given.sticky === undefined ? usual.sticky : resolveSticky(given.sticky),
    compatibility: resolveCompatibility(given.verify, directory),
    judge: resolveJudge(given.judge, usual.judge, directory),
    bakeMs: milliseconds(given.bake, usual.bakeMs),
    rollbackWindowMs: milliseconds(given.window, usual.rollbackWindowMs),
    deadlineMs: milliseconds(given.deadline, usual.deadlineMs),
    keepReleases: given.keep ?? usual.keepReleases,
  }
  return { plan, given }
}

/** The whole traffic is what follows the last step in any case. */
function isNoEnd(step: Step): boolean {
  return step.kind !== 'weight' || step.basisPoints < 10_000
}

/** What steps should be where they do not go with the strategy. */
function unfit(strategy: Strategy, steps: readonly Step[]): string | undefined {
  if ((strategy === 'hold' || strategy === 'rolling') && steps.length > 0)
    return `left out, since ${strategy} makes its own steps`
  const shares = steps.some(({ kind }) => kind === 'weight' || kind === 'judge')
  return strategy === 'replace' && shares
    ? 'without weights and judge, since replace moves all traffic at once ("strategy: canary" has them)'
    : undefined
}

function resolveStep(item: RolloutStepSettings, directory: string): Step {
  const basisPoints = weightOf(item)
  if (basisPoints !== undefined) return { kind: 'weight', basisPoints }
  if (item === 'judge' || item === 'approve' || item === 'verify') return { kind: item }
  const { pause, command = '', cwd } = typeof item === 'string' ? {} : item
  if (pause !== undefined) return { kind: 'pause', ms: milliseconds(pause, 0) }
  return { kind: 'command', command: toCommand(cwd === undefined ? command : { command, cwd }, directory) }
}

function resolveRule(rule: NonNullable<RolloutMapping['rules']>[number]): Plan['rules'][number] {
  const { header, cookie, query, value } = rule
  const kind = header !== undefined ? 'header' : cookie !== undefined ? 'cookie' : 'query'
  return { kind, name: header ?? cookie ?? query ?? '', ...(value === undefined ? {} : { value }) }
}

function resolveSticky(sticky: NonNullable<RolloutMapping['sticky']>): StickyKey {
  return typeof sticky === 'string' ? { kind: sticky } : { kind: 'header', name: sticky.header }
}

function resolveCompatibility(verify: RolloutMapping['verify'], directory: string): CompatibilitySettings {
  const { checks, replay = false, otherwise = 'abort' } = verify ?? {}
  const { requests = 200, redact = [], ignore = [] } = typeof replay === 'boolean' ? {} : replay
  return {
    checks: resolveChecks(checks, directory),
    ...(replay === false ? {} : { replay: { requests, redact: redact.map((field) => field.toLowerCase()), ignore } }),
    otherwise,
  }
}

type Quantile = keyof NonNullable<NonNullable<RolloutMapping['judge']>['latency']>

const quantiles: Readonly<Record<Quantile, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 }

function resolveJudge(judge: RolloutMapping['judge'], usual: JudgeSettings, directory: string): JudgeSettings {
  const { minRequests, errors, confidence, latency = {}, checks, every, timeout } = judge ?? {}
  return {
    minRequests: minRequests ?? usual.minRequests,
    errorMargin: errors === undefined ? usual.errorMargin : shareOf(errors),
    confidence: confidence === undefined ? usual.confidence : shareOf(confidence),
    latency: (Object.keys(quantiles) as Quantile[]).flatMap((name) => {
      const ratio = latency[name]
      return ratio === undefined ? [] : [{ quantile: quantiles[name], ratio: Number.parseFloat(ratio) }]
    }),
    checks: resolveChecks(checks, directory),
    everyMs: milliseconds(every, usual.everyMs),
    timeoutMs: milliseconds(timeout, usual.timeoutMs),
  }
}

import type { Check, Plan, Step } from '../model/plan.ts'
import type { GatewaySettings } from '../model/project.ts'
import { defined } from './defined.ts'
import { durationText, ofCommand, relative } from './effective-values.ts'
import type { CheckSettings } from './schema-checks.ts'
import type { GatewayMapping } from './schema-gateway.ts'
import type { RolloutMapping, RolloutStepSettings } from './schema-rollout.ts'

/** A plan in the form of `hotlane.yaml`, but for its instances; commands are told relative to `directory`. */
export function ofPlan(plan: Plan, directory: string): RolloutMapping {
  const { strategy, sticky, judge, compatibility } = plan
  // Their steps follow from the instances alone, and cannot be given.
  const hasSteps = strategy !== 'hold' && strategy !== 'rolling'
  return {
    strategy,
    ...(hasSteps ? { steps: plan.steps.map((step) => ofStep(step, directory)) } : {}),
    rules: plan.rules.map(({ kind, name, value }) => ({ [kind]: name, ...(value === undefined ? {} : { value }) })),
    sticky: sticky.kind === 'header' ? { header: sticky.name } : sticky.kind,
    judge: {
      minRequests: judge.minRequests,
      errors: shareText(judge.errorMargin),
      confidence: shareText(judge.confidence),
      latency: Object.fromEntries(
        judge.latency.map(({ quantile, ratio }) => [`p${Math.round(quantile * 100)}`, `${ratio}x`]),
      ),
      checks: judge.checks.map((check) => ofCheck(check, directory)),
      every: durationText(judge.everyMs),
      timeout: durationText(judge.timeoutMs),
    },
    verify: {
      checks: compatibility.checks.map((check) => ofCheck(check, directory)),
      replay: ofReplay(compatibility.replay),
      otherwise: compatibility.otherwise,
    },
    bake: durationText(plan.bakeMs),
    window: durationText(plan.rollbackWindowMs),
    deadline: durationText(plan.deadlineMs),
    keep: plan.keepReleases,
  }
}

export function ofGateway(gateway: GatewaySettings, root: string): GatewayMapping {
  const { headMs, idleMs, bodyIdleMs } = gateway.timeouts
  const text = (ms: number | undefined) => (ms === undefined ? undefined : durationText(ms))
  const timeouts = defined({ head: text(headMs), idle: text(idleMs), body: text(bodyIdleMs) })
  const { workers, tellRelease, maxConnections, maxConnectionsPerAddress, accessLog } = gateway
  const log =
    accessLog === undefined ? undefined : { file: relative(root, accessLog.file), sample: shareText(accessLog.sample) }
  return {
    ...defined({ workers, maxConnections, maxConnectionsPerAddress, accessLog: log }),
    tellRelease,
    trustedProxies: [...gateway.trustedProxies],
    ...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
  }
}

function ofStep(step: Step, directory: string): RolloutStepSettings {
  switch (step.kind) {
    case 'weight':
      return `${step.basisPoints / 100}%`
    case 'pause':
      return { pause: durationText(step.ms) }
    case 'command':
      return spread(ofCommand(step.command, directory))
    case 'scale':
      throw new TypeError('steps of instances have no form of their own')
    case 'approve':
    case 'judge':
    case 'verify':
      return step.kind
  }
}

function ofCheck(check: Check, directory: string): CheckSettings {
  const { name, timeoutMs } = check
  const common = { name, timeout: durationText(timeoutMs) }
  switch (check.kind) {
    case 'http': {
      const text = check.expectText === undefined ? {} : { contains: check.expectText }
      const expect = check.expectStatus.length === 0 ? {} : { expect: [...check.expectStatus] }
      return { http: check.path, ...expect, ...text, ...common }
    }
    case 'command':
      return { ...spread(ofCommand(check.command, directory)), ...common }
    case 'prometheus':
      return {
        prometheus: check.url,
        query: check.query,
        ...defined({ min: check.least, max: check.most }),
        ...common,
      }
  }
}

function ofReplay(replay: Plan['compatibility']['replay']): NonNullable<RolloutMapping['verify']>['replay'] {
  if (replay === undefined) return false
  return { requests: replay.requests, redact: [...replay.redact], ignore: [...replay.ignore] }
}

type Line = string | string[]

function spread(step: ReturnType<typeof ofCommand>): { command: Line; cwd?: string } {
  if (typeof step === 'string' || Array.isArray(step)) return { command: step }
  return { command: step.command, ...(step.cwd === undefined ? {} : { cwd: step.cwd }) }
}

/** Without the digits that binary fractions add. */
function shareText(share: number): string {
  return `${Number((share * 100).toFixed(8))}%`
}

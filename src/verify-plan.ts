import { randomBytes } from 'node:crypto'
import { loadStep } from './model/verify.ts'
import type { Rate, VerifyOptions } from './verify-options.ts'
import { type Plan, targetOf } from './verify/plan.ts'
import type { Segment } from './verify/schedule.ts'

const steadyDurationMs = 10_000

/** The plan of a run against an address: flags beat the settings file, which beats the defaults. */
export function planOf(options: VerifyOptions, url: URL): Plan {
  const { settings } = options
  const path = `${url.pathname}${url.search}`
  const steps = [options.steps, settings.steps, [loadStep({ path })]].find((each) => each.length > 0) ?? []
  const rate: Rate = options.rate ?? { kind: 'constant', perSecond: settings.rate ?? 100 }
  const durationMs = options.durationMs ?? settings.durationMs ?? steadyDurationMs
  return {
    target: targetOf(url),
    steps,
    headers: { ...settings.headers, ...options.headers },
    pace:
      rate.kind === 'max'
        ? { kind: 'closed', durationMs: options.deploys === undefined ? durationMs : options.limitMs }
        : { kind: 'open', segments: segmentsOf(rate, options.deploys === undefined ? durationMs : options.limitMs) },
    connections: options.connections ?? settings.connections ?? 64,
    newConnections: options.newConnections ?? settings.newConnections ?? 0.2,
    maxRequests: options.maxRequests,
    run: `hl${randomBytes(5).toString('hex')}`,
    idHeader: options.idHeader,
    releaseHeader: options.releaseHeader.toLowerCase(),
  }
}

function segmentsOf(rate: Exclude<Rate, { readonly kind: 'max' }>, durationMs: number): readonly Segment[] {
  switch (rate.kind) {
    case 'constant':
      return [{ from: rate.perSecond, to: rate.perSecond, durationMs }]
    case 'ramp':
      return [{ from: rate.from, to: rate.to, durationMs }]
    case 'steps':
      return rate.rates.map((perSecond) => ({ from: perSecond, to: perSecond, durationMs }))
  }
}

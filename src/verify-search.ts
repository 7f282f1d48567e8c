import type { VerifyOptions } from './verify-options.ts'
import { verify } from './verify-run.ts'
import { type RateTrial, searchRate } from './verify/search.ts'

export interface HighestRate {
  /** Requests per second; null where not even the lowest rate held. */
  readonly highest: number | null
  readonly p99LimitMs: number
  readonly trials: readonly RateTrial[]
  /** The same for people. */
  readonly lines: readonly string[]
}

const precision = 0.05
const defaults = { from: 50, to: 20_000 }

/**
 * Searches the highest rate, between those of a ramp in the options, whose P99 is within a limit and of which nothing is lost.
 * Each rate is tried for the duration of the options. @throws as `verify`
 */
export async function findHighestRate(options: VerifyOptions, p99LimitMs: number): Promise<HighestRate> {
  const { from, to } = options.rate?.kind === 'ramp' ? options.rate : defaults
  const { stop: signal } = options
  const tryRate = async (perSecond: number): Promise<RateTrial> => {
    const { report } = await verify({ ...options, rate: { kind: 'constant', perSecond }, deploys: undefined })
    const all = report.phases[0]
    const p99Ms = all?.latency.p99 ?? null
    return {
      rate: perSecond,
      p99Ms,
      lost: report.lost,
      held: p99Ms !== null && p99Ms <= p99LimitMs && report.lost === 0,
    }
  }
  const trials = await searchRate({ from, to, precision, tryRate, signal })
  const held = trials.filter((trial) => trial.held).map(({ rate }) => rate)
  const highest = held.length === 0 ? null : Math.max(...held)
  const lines = trials.map(({ rate, p99Ms, lost, held }) => {
    const what = `P99 ${p99Ms === null ? '-' : `${p99Ms.toFixed(2)} ms`}, ${lost} lost`
    return `${String(rate).padStart(7)} requests/s  ${held ? 'held  ' : 'failed'}  ${what}`
  })
  const limit = `a P99 of ${p99LimitMs} ms`
  lines.push(highest === null ? `no rate held ${limit}` : `highest rate that held ${limit}: ${highest} requests/s`)
  return { highest, p99LimitMs, trials, lines }
}

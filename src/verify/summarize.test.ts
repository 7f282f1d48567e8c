import { describe, expect, it } from 'vitest'
import { loadStep } from '../model/verify.ts'
import type { Plan } from './plan.ts'
import { phaseOf, type Report } from './report.ts'
import { SampleLog, SampleWriter } from './samples.ts'
import { summarize } from './summarize.ts'
import type { Deployment } from './timeline.ts'

const plan: Plan = {
  target: { host: '127.0.0.1', port: 1, tls: false, authority: '127.0.0.1:1' },
  steps: [loadStep({ path: '/' })],
  headers: {},
  pace: { kind: 'open', segments: [{ from: 10, to: 10, durationMs: 60_000 }] },
  connections: 1,
  newConnections: 0,
  maxRequests: 1000,
  run: 'run',
  idHeader: 'id',
  releaseHeader: 'release',
}

/** Ten requests per second for a minute, each as late as `latencyAt` says. */
function report(deployments: readonly Deployment[], latencyAt: (ms: number) => number): Report {
  const [samples, writer] = [new SampleLog(), new SampleWriter()]
  for (let n = 0; n < 600; n++) {
    const intendedMs = n * 100
    const latencyMs = latencyAt(intendedMs)
    const times = { intendedMs, ownMs: 0, latencyMs, endedMs: intendedMs + latencyMs }
    writer.add({ n, step: 0, outcome: 'ok', status: 200, release: '', fresh: false, bytes: 0, ...times })
  }
  for (const batch of writer.takeAll()) samples.push(batch)
  const ratio = { kind: 'ratio', ratio: 1.5 } as const
  return summarize({
    target: 'http://127.0.0.1:1/',
    plan,
    beganAt: 0,
    endMs: 60_000,
    samples,
    generator: { sendingMs: 60_000, connections: 1, messages: [], stalls: [], cpuMs: 1, gcCount: 0, gcMaxMs: 0 },
    deployments,
    switches: deployments.map(({ toMs }) => ({ atMs: toMs, release: '2' })),
    thresholds: { p99During: ratio, p99Switch: ratio },
    remarks: [],
  })
}

function every(ms: number): readonly Deployment[] {
  return Array.from({ length: 9 }, (_, index) => {
    const fromMs = 5000 + index * ms
    return { what: 'rebuild', fromMs, toMs: fromMs + 1000 }
  })
}

describe('steady state', () => {
  it('drifts with the machine: what got slower throughout is not blamed on the deployments', () => {
    const { phases, verdicts } = report(every(5000), (ms) => 1 + ms / 1000)
    const steady = phaseOf({ phases }, 'steady')
    expect(steady?.requests).toBeGreaterThan(300)
    expect(steady?.latency.p99).toBeGreaterThan(50)
    expect(verdicts.map(({ name, held }) => [name, held])).toEqual([
      ['p99-during', true],
      ['p99-switch', true],
    ])
  })

  it('has no part in what deployments cost', () => {
    const deployments = every(5000)
    const busy = (ms: number): boolean => deployments.some(({ fromMs, toMs }) => ms >= fromMs && ms <= toMs + 500)
    const { phases, verdicts } = report(deployments, (ms) => (busy(ms) ? 20 : 2))
    expect(phaseOf({ phases }, 'steady')?.latency.max).toBe(2)
    expect(verdicts.map(({ held }) => held)).toEqual([false, false])
  })

  it('is known to be that of other times where deployments leave none between them', () => {
    const remark = expect.stringContaining('no steady state between')
    expect(report(every(2000), () => 1).remarks).toContainEqual(remark)
    expect(report(every(5000), () => 1).remarks).not.toContainEqual(remark)
    expect(report([], () => 1).phases.map(({ phase }) => phase)).toEqual(['all'])
  })
})

import type { PhaseReport, Report } from '../report.ts'
import { cellsOf, countsOf, type Line, milliseconds, padded, percent, streamRows } from './text.ts'

/** The report as lines for a terminal. */
export function reportLines(report: Report): readonly Line[] {
  return [
    ...headLines(report),
    { text: '' },
    ...phaseLines(report.phases),
    ...stepLines(report),
    ...streamLines(report),
    { text: '' },
    ...lossLines(report),
    ...lineOf('releases', releaseText(report)),
    ...lineOf('deployments', deploymentText(report)),
    ...lineOf('held', heldText(report)),
    ...lineOf('generator', generatorText(report)),
    ...report.remarks.map((text): Line => ({ text: `  ${text}`, hue: 'dim' })),
    { text: '' },
    ...verdictLines(report),
  ]
}

function headLines({ target, seconds, rate, phases }: Report): readonly Line[] {
  const asked = rate === null ? 'as fast as it goes' : `${rate} requests/s`
  const sent = phases[0]?.requests ?? 0
  return [{ text: `${target}  ${sent} requests in ${seconds.toFixed(1)} s (${asked})`, hue: 'bold' }]
}

function phaseLines(phases: readonly PhaseReport[]): readonly Line[] {
  const withGc = phases.some(({ gc }) => gc !== undefined)
  const withUsage = phases.some(({ cpuCores }) => cpuCores !== undefined)
  const headings = ['', 'time', 'requests', 'req/s', 'success', 'P50', 'P95', 'P99', 'max', 'failed']
  if (withGc) headings.push('GC', 'GC total', 'GC max')
  if (withUsage) headings.push('CPU', 'memory')
  return padded([headings, ...phases.map((phase) => cellsOf(phase, { withGc, withUsage }))])
}

function stepLines({ steps }: Report): readonly Line[] {
  if (steps.length < 2) return []
  const rows = steps.map(({ step, slow, requests, success, latency, failed }) => [
    slow ? `${step} (slow)` : step,
    String(requests),
    percent(success),
    milliseconds(latency.p50),
    milliseconds(latency.p95),
    milliseconds(latency.p99),
    milliseconds(latency.max),
    countsOf(failed),
  ])
  return [{ text: '' }, ...padded([['step', 'requests', 'success', 'P50', 'P95', 'P99', 'max', 'failed'], ...rows])]
}

function streamLines({ streams }: Report): readonly Line[] {
  if (streams.length === 0) return []
  return [{ text: '' }, ...padded(streamRows(streams, 'streams'))]
}

function lossLines(report: Report): readonly Line[] {
  const { lost, losses, ledger } = report
  const first = losses.slice(0, 5).map(({ step, outcome, status, atMs }): Line => {
    const how = outcome === 'status' ? `status ${status}` : outcome
    return { text: `  ${(atMs / 1000).toFixed(3)} s  ${step}: ${how}`, hue: 'dim' }
  })
  const lines = lineOf('without the expected answer', String(lost), lost === 0 ? 'green' : 'red')
  if (ledger === undefined) {
    const claim = 'no ledger: whether requests were executed, or executed twice, is not known'
    return [...lines, ...first, ...lineOf('executed', claim)]
  }
  const { neverExecuted, executedUnanswered, twice, unrecorded, uncovered } = ledger
  return [
    ...lines,
    ...first,
    ...lineOf('  never executed', String(neverExecuted)),
    ...lineOf('  executed, answer lost', String(executedUnanswered)),
    ...lineOf('executed twice', String(twice), twice === 0 ? 'green' : 'red'),
    ...(unrecorded === 0 ? [] : lineOf('answered, not in the ledger', String(unrecorded))),
    ...(uncovered.length === 0 ? [] : lineOf('not kept in the ledger', uncovered.join(', '))),
  ]
}

function releaseText({ releases, backwards }: Report): string | undefined {
  if (releases.length === 0) return undefined
  const shown = releases.slice(-6).map(({ release, answers }) => `${release} (${answers} answers)`)
  const back = backwards === undefined ? '' : `; old after new: ${backwards}`
  return `${releases.length > 6 ? '… ' : ''}${shown.join(', ')}${back}`
}

function deploymentText({ deployments, switches }: Report): string | undefined {
  if (deployments.length === 0) return undefined
  const failed = deployments.filter((deployment) => deployment.failed !== undefined)
  const why = failed[0]?.failed === undefined ? '' : `, ${failed.length} failed: ${failed[0].failed}`
  return `${deployments.length}, ${switches.length} switches seen${why}`
}

function heldText({ gateway }: Report): string | undefined {
  return gateway === undefined
    ? undefined
    : `${gateway.held} requests waited; the gateway itself counted ${gateway.lost} lost`
}

function generatorText({ generator }: Report): string {
  const { delay, stalls, cpuCores, connections } = generator
  const own = `own delay P50 ${milliseconds(delay.p50)}, P99 ${milliseconds(delay.p99)}, max ${milliseconds(delay.max)}`
  return `${own}; ${stalls.length} stalls; ${cpuCores.toFixed(2)} cores; ${connections} connections`
}

function verdictLines({ verdicts }: Report): readonly Line[] {
  return verdicts.map(({ name, held, bound, actual }) => ({
    text: `${held ? 'held  ' : 'FAILED'}  ${name}: ${bound}; measured: ${actual}`,
    hue: held ? 'green' : 'red',
  }))
}

function lineOf(label: string, text: string | undefined, hue?: Line['hue']): readonly Line[] {
  if (text === undefined) return []
  return [{ text: `${label.padEnd(28)}${text}`, ...(hue === undefined ? {} : { hue }) }]
}

import { phaseOf, type Report } from '../report.ts'
import { distributionPlot, escaped, type Mark, timePlot } from './plot.ts'
import { style } from './style.ts'
import { cellsOf, countsOf, milliseconds, percent, streamRows } from './text.ts'

/** The report as one HTML file that needs nothing else: no script, no font, no address that is fetched. */
export function htmlReport(report: Report): string {
  const sections = [
    heading(report),
    cards(report),
    section('Thresholds', verdictTable(report)),
    section('Over time', plots(report)),
    section('Before, during and after', phaseTable(report)),
    section('By kind of request', stepTable(report)),
    report.streams.length === 0 ? '' : section('Streams', streamTable(report)),
    report.releases.length === 0 ? '' : section('Releases', releaseTable(report)),
    report.losses.length === 0 ? '' : section('Without the expected answer', lossTable(report)),
    section('The generator itself', generator(report)),
  ]
  const title = escaped(`hotlane verify ${report.target}`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${style}</style></head>
<body>${sections.join('\n')}</body></html>
`
}

function heading({ target, beganAt, seconds, rate, deployments }: Report): string {
  const asked = rate === null ? 'as fast as it goes' : `${rate} requests/s`
  const deployed = deployments.length === 0 ? '' : `, ${deployments.length} deployments`
  return `<h1>${escaped(target)}</h1><p>${beganAt}, ${seconds.toFixed(1)} s, ${asked}${deployed}</p>`
}

function cards(report: Report): string {
  const [all] = report.phases
  const { ledger, lost } = report
  const card = (value: string, what: string, hue = ''): string =>
    `<div class="card"><b class="${hue}">${value}</b><span>${what}</span></div>`
  const during = phaseOf(report, 'during')
  return `<div class="cards">${[
    card(String(all?.requests ?? 0), 'requests'),
    card(String(lost), 'without the expected answer', lost === 0 ? 'good' : 'bad'),
    ledger === undefined
      ? card('?', 'executed twice: no ledger')
      : card(String(ledger.twice), 'executed twice', ledger.twice === 0 ? 'good' : 'bad'),
    card(milliseconds(all?.latency.p99 ?? null), 'P99'),
    ...(during === undefined ? [] : [card(milliseconds(during.latency.p99), 'P99 while deploying')]),
  ].join('')}</div>`
}

function plots({ slots, seconds, deployments, switches, phases }: Report): string {
  const marks: readonly Mark[] = [
    ...deployments.map(({ what, fromMs, toMs }): Mark => ({ fromMs, toMs, title: what, name: 'deployment' })),
    ...switches.map(({ atMs, release }): Mark => ({
      fromMs: atMs,
      toMs: atMs,
      title: `release ${release}`,
      name: 'switch',
    })),
  ]
  const time = { atMs: slots.map(({ atMs }) => atMs), endMs: seconds * 1000, marks }
  const perSecond = 1000 / ((slots[1]?.atMs ?? 1000) - (slots[0]?.atMs ?? 0))
  const key = ['p50', 'p99', 'max'].map((name) => `<i style="background:var(--${name})"></i>${name}`).join('')
  const explained = `<p class="key">${key}<i style="background:var(--deploy);height:.8rem"></i>deployment<i style="background:var(--switch)"></i>switch</p>`
  const line = (name: 'p50' | 'p99' | 'max') => ({ name, values: slots.map((slot) => slot[name]) })
  const counts = (name: string, values: readonly number[]) => ({
    name,
    values: values.map((n) => Math.round(n * perSecond)),
  })
  return [
    explained,
    timePlot({
      ...time,
      title: 'Latency by intended start, ms',
      lines: [line('max'), line('p99'), line('p50')],
      bars: [],
      unit: '',
    }),
    timePlot({
      ...time,
      title: 'Requests per second',
      lines: [],
      bars: [
        counts(
          'requests',
          slots.map(({ requests }) => requests),
        ),
      ],
      unit: '',
    }),
    timePlot({
      ...time,
      title: 'Failed per second',
      lines: [],
      bars: [
        counts(
          'failed',
          slots.map(({ failed }) => failed),
        ),
      ],
      unit: '',
    }),
    distributionPlot('Latency of all requests: how many, by time', phases[0]?.histogram ?? [], 'ms'),
  ].join('\n')
}

function phaseTable({ phases }: Report): string {
  const withGc = phases.some(({ gc }) => gc !== undefined)
  const withUsage = phases.some(({ cpuCores }) => cpuCores !== undefined)
  const headings = ['', 'time', 'requests', 'req/s', 'success', 'P50', 'P95', 'P99', 'max', 'failed']
  if (withGc) headings.push('GC', 'GC total', 'GC max')
  if (withUsage) headings.push('CPU', 'memory')
  return table(
    headings,
    phases.map((phase) => cellsOf(phase, { withGc, withUsage })),
  )
}

function stepTable({ steps }: Report): string {
  const rows = steps.map(({ step, slow, requests, success, latency, failed }) => {
    const times = [latency.p50, latency.p95, latency.p99, latency.max].map(milliseconds)
    return [slow ? `${step} (slow)` : step, String(requests), percent(success), ...times, countsOf(failed)]
  })
  return table(['', 'requests', 'success', 'P50', 'P95', 'P99', 'max', 'failed'], rows)
}

function streamTable({ streams }: Report): string {
  const [headings = [], ...rows] = streamRows(streams, '')
  return table(headings, rows)
}

function releaseTable({ releases }: Report): string {
  const rows = releases.map(({ release, answers, firstMs, lastMs }) => {
    return [release, String(answers), `${(firstMs / 1000).toFixed(3)} s`, `${(lastMs / 1000).toFixed(3)} s`]
  })
  return table(['release', 'answers', 'first', 'last'], rows)
}

function lossTable({ losses }: Report): string {
  const rows = losses.map(({ n, step, outcome, status, atMs, release }) => {
    const how = outcome === 'status' ? `status ${status}` : outcome
    return [step, String(n), `${(atMs / 1000).toFixed(3)} s`, how, release === '' ? '-' : release]
  })
  return table(['', 'number', 'at', 'how', 'release'], rows)
}

function verdictTable({ verdicts }: Report): string {
  const rows = verdicts.map(({ name, held, bound, actual }) => {
    return `<tr><td>${name}</td><td>${escaped(bound)}</td><td>${escaped(actual)}</td><td class="${held ? 'good' : 'bad'}">${held ? 'held' : 'failed'}</td></tr>`
  })
  return `<div class="wide"><table><tr><th></th><th>bound</th><th>measured</th><th></th></tr>${rows.join('')}</table></div>`
}

function generator({ generator, remarks }: Report): string {
  const { delay, stalls, cpuCores, connections, gcCount, gcMaxMs } = generator
  const times = `P50 ${milliseconds(delay.p50)}, P99 ${milliseconds(delay.p99)}, max ${milliseconds(delay.max)}`
  const own = `Later than intended by ${times}; that is part of no latency above. ${stalls.length} stalls, ${cpuCores.toFixed(2)} cores,`
  const more = `${connections} connections, ${gcCount} collections of its own (longest ${milliseconds(gcMaxMs)}).`
  return [`${own} ${more}`, ...remarks].map((text) => `<p>${escaped(text)}</p>`).join('')
}

function section(title: string, content: string): string {
  return `<section><h2>${title}</h2>${content}</section>`
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = headings.map((text) => `<th>${escaped(text)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`)
  return `<div class="wide"><table><tr>${head}</tr>${body.join('')}</table></div>`
}

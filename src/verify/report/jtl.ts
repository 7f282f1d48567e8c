import type { Plan } from '../plan.ts'
import type { Sample } from '../samples.ts'

/** Columns as JMeter names them (its manual, "CSV Log format"). */
const columns = [
  'timeStamp',
  'elapsed',
  'label',
  'responseCode',
  'responseMessage',
  'threadName',
  'dataType',
  'success',
  'failureMessage',
  'bytes',
  'sentBytes',
  'grpThreads',
  'allThreads',
  'URL',
  'Latency',
  'IdleTime',
  'Connect',
]

/**
 * All samples as JMeter's CSV, which its reports and plug-ins read: `timeStamp` is the intended start (ms of the epoch),
 * `elapsed` the latency counted from it. What is not measured apart (sent bytes, time to connect) is 0; without an answer
 * the code is the kind of failure, as JMeter itself puts the exception there.
 */
export function jtlReport(
  samples: Iterable<Sample>,
  { plan, beganAtMs }: { readonly plan: Plan; readonly beganAtMs: number },
): string {
  const scheme = plan.target.tls ? 'https' : 'http'
  const lines = [columns.join(',')]
  for (const sample of samples) {
    const { step, outcome, status, fresh, intendedMs, latencyMs, bytes } = sample
    const { name = '', path = '' } = plan.steps[step] ?? {}
    const elapsed = Math.round(latencyMs)
    const failure = outcome === 'ok' ? '' : outcome === 'status' ? `unexpected status ${status}` : outcome
    lines.push(
      [
        Math.round(beganAtMs + intendedMs),
        elapsed,
        quoted(name),
        status === 0 ? `Non HTTP response code: ${outcome}` : status,
        outcome,
        fresh ? 'new connection 1-1' : 'kept connections 1-1',
        'text',
        outcome === 'ok',
        quoted(failure),
        bytes,
        0,
        plan.connections,
        plan.connections,
        quoted(`${scheme}://${plan.target.authority}${path}`),
        elapsed,
        0,
        0,
      ].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

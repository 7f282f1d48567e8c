import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HotlaneError } from '../support/errors.ts'
import { findHighestRate } from '../verify-search.ts'
import type { VerifyOptions } from '../verify-options.ts'
import { type VerifyResult, verify } from '../verify-run.ts'
import { verifySettings } from '../inspect.ts'
import { formOf, reportText, renderReport } from '../verify-report.ts'
import type { CliContext } from './commands.ts'
import { paint, wantsColor } from './print/paint.ts'
import { VerifyProgress } from './print/verify-progress.ts'
import {
  countFlag,
  durationFlag,
  headerFlags,
  optional,
  rateFlag,
  shareFlag,
  stepFlags,
  thresholdFlags,
  type VerifyFlags,
} from './verify-flags.ts'

const tenMinutesMs = 600_000

/** Runs to the end of its load, or to Ctrl-C: the first ends the load and reports what was seen, a second ends all at once. */
export async function runVerify(target: string | undefined, flags: VerifyFlags, context: CliContext): Promise<void> {
  const stop = new AbortController()
  const now = new AbortController()
  const interrupt = (): void => (stop.signal.aborted ? now : stop).abort()
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  const outputs = flags.output ?? []
  for (const file of outputs) formOf(file)
  const progress = new VerifyProgress(process.stderr, flags.json !== true)
  try {
    const options = await optionsOf(target, flags, { stop: stop.signal, now: now.signal, progress })
    if (flags.findP99 !== undefined) return await search(flags.findP99, options, { progress, flags, context })
    const result = await verify(options)
    progress.end()
    for (const file of outputs) await writeFile(file, renderReport(formOf(file), result))
    process.stdout.write(flags.json === true ? `${JSON.stringify(result.report, null, 2)}\n` : tableOf(result))
    context.exit(result.report.verdicts.every(({ held }) => held) ? 0 : 1)
  } finally {
    progress.end()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

interface Means {
  readonly stop: AbortSignal
  readonly now: AbortSignal
  readonly progress: VerifyProgress
}

async function optionsOf(target: string | undefined, flags: VerifyFlags, means: Means): Promise<VerifyOptions> {
  const { progress } = means
  const directory = path.resolve(flags.directory)
  const everyMs = durationFlag('every', flags.every)
  const rebuilds = optional(flags.deploys, (text) => countFlag('deploys', text, 1))
  if (flags.during !== undefined && rebuilds !== undefined) {
    throw new HotlaneError('HL7001', {
      params: { what: '--during and --deploys exclude each other', command: 'verify' },
    })
  }
  const [beforeMs, afterMs] = [durationFlag('before', flags.before), durationFlag('after', flags.after)]
  // Builds may take longer than the pace that is asked for; a bound there must be.
  const needed = beforeMs + afterMs + (rebuilds ?? 0) * Math.max(everyMs, 10_000)
  const given = {
    rate: optional(flags.rate, rateFlag),
    durationMs: optional(flags.duration, (text) => durationFlag('duration', text)),
    connections: optional(flags.connections, (text) => countFlag('connections', text, 1)),
    newConnections: optional(flags.newConnections, (text) => shareFlag('new-connections', text)),
    ledger: flags.ledger,
    gcLog: optional(flags.gcLog, (file) => path.resolve(file)),
    memstats: flags.memstats,
    target,
  }
  return {
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<VerifyOptions>),
    directory,
    settings: await verifySettings(
      directory,
      flags.config === undefined ? {} : { configFile: path.resolve(flags.config) },
    ),
    maxRequests: countFlag('max-requests', flags.maxRequests, 1),
    headers: headerFlags(flags.header),
    steps: stepFlags(flags),
    idHeader: flags.idHeader,
    releaseHeader: flags.releaseHeader,
    deploys:
      flags.during !== undefined
        ? { command: flags.during }
        : rebuilds === undefined
          ? undefined
          : { rebuilds, everyMs },
    beforeMs,
    afterMs,
    limitMs: optional(flags.limit, (text) => durationFlag('limit', text)) ?? Math.max(tenMinutesMs, needed),
    thresholds: thresholdFlags(flags),
    pids: (flags.pid ?? []).map((pid) => countFlag('pid', pid, 1)),
    remote: flags.yesRemote === true,
    stop: means.stop,
    now: means.now,
    onAnnounce: (what) => void process.stderr.write(`${what}\n`),
    ...(progress.take === undefined ? {} : { onSamples: progress.take }),
    onDeployment: progress.deployment,
  }
}

async function search(
  limit: string,
  options: VerifyOptions,
  {
    progress,
    flags,
    context,
  }: { readonly progress: VerifyProgress; readonly flags: VerifyFlags; readonly context: CliContext },
): Promise<void> {
  const found = await findHighestRate(options, durationFlag('find-p99', limit))
  progress.end()
  process.stdout.write(flags.json === true ? `${JSON.stringify(found, null, 2)}\n` : `${found.lines.join('\n')}\n`)
  context.exit(found.highest === null ? 1 : 0)
}

function tableOf({ report }: VerifyResult): string {
  const colors = paint(wantsColor(process.stdout, process.env))
  return reportText(report)
    .map(({ text, hue }) => `${hue === undefined ? text : colors[hue](text)}\n`)
    .join('')
}

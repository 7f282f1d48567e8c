import type { Thresholds } from './model/verify.ts'
import { argvOf } from './supervise/argv.ts'
import { HotlaneError, reportError } from './support/errors.ts'
import type { VerifyOptions } from './verify-options.ts'
import { planOf } from './verify-plan.ts'
import { followSession } from './verify-follow.ts'
import { type SessionTarget, locateTarget } from './verify-target.ts'
import { deployByCommand, scriptOf } from './verify/deploy.ts'
import type { GcPause } from './verify/gc/gc-log.ts'
import { followFile } from './verify/gc/follow-file.ts'
import { gcPauseIn } from './verify/gc/pause.ts'
import { pollMemstats } from './verify/gc/poll-memstats.ts'
import { openLedger } from './verify/ledger.ts'
import type { Plan } from './verify/plan.ts'
import { announce, checkReachable, isLoopback } from './verify/remote.ts'
import type { Report } from './verify/report.ts'
import { type Observer, run } from './verify/run.ts'
import type { SampleLog } from './verify/samples.ts'
import { summarize } from './verify/summarize.ts'
import type { Deployment } from './verify/timeline.ts'
import { followUsage, type UsagePoint } from './verify/usage/follow.ts'

export interface VerifyResult {
  readonly report: Report
  readonly samples: SampleLog
  readonly plan: Plan
}

/**
 * Sends load, deploys meanwhile where that is asked for, and tells what it did to the load.
 * @throws HotlaneError HL7001, HL7003, HL1007 (target), HL8001, HL8002
 */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  const { settings, deploys, onSamples } = options
  const found = await locateTarget(options.directory, options.target, deploys !== undefined && 'rebuilds' in deploys)
  const plan = planOf(options, found.url)
  await admit(plan, options)
  const where = options.ledger ?? settings.ledger
  const ledger =
    where === undefined ? undefined : await openLedger(where, { target: found.url, directory: options.directory })
  const gc: GcPause[] = []
  const usage: UsagePoint[] = []
  const deployments: Deployment[] = []
  const session = found.session === undefined ? undefined : await followSession(found.session, gc)
  const result = await run(plan, {
    ...scriptFor(options, found.session, deployments),
    observers: [
      ...observersOf(options, found.session, { gc, usage }),
      ...(session === undefined ? [] : [session.observe]),
    ],
    ...(onSamples === undefined ? {} : { onSamples: (samples, gauges) => onSamples(samples, plan, gauges) }),
    stop: options.stop,
    now: options.now,
  })
  const remarks: string[] = []
  if (result.scriptCut) remarks.push('The run ended before its deployments did.')
  const told = await session?.told()
  if (told === undefined) remarks.push('Not known from outside: how many requests were held.')
  else if (told.gateway === undefined)
    remarks.push('hotlane was restarted meanwhile: what its gateway counted is not known.')
  const executed = await ledger?.read(plan.run, options.now).catch((error: unknown) => {
    // What the client saw is worth telling all the same; a threshold that needs the ledger has failed then.
    remarks.push(`${reportError(error).message}; nothing is claimed about what was executed.`)
    return undefined
  })
  const report = summarize({
    target: found.url.href,
    plan,
    ...result,
    deployments,
    ...told,
    ...(executed === undefined ? {} : { executed }),
    ...(gc.length > 0 || options.gcLog !== undefined || options.memstats !== undefined ? { gc } : {}),
    ...(usage.length > 0 ? { usage } : {}),
    thresholds: { ...defaults(ledger !== undefined), ...settings.thresholds, ...options.thresholds },
    remarks,
  })
  return { report, samples: result.samples, plan }
}

/** Nothing may be lost, executed twice or cut, unless it is allowed. */
function defaults(withLedger: boolean): Thresholds {
  return { lost: 0, cut: 0, ...(withLedger ? { twice: 0 } : {}) }
}

async function admit(plan: Plan, options: VerifyOptions): Promise<void> {
  if (!(await isLoopback(plan.target.host))) {
    if (!options.remote) throw new HotlaneError('HL8001', { params: { host: plan.target.host, what: announce(plan) } })
    options.onAnnounce(`sending ${announce(plan)}`)
  }
  await checkReachable(plan.target)
}

function scriptFor(
  options: VerifyOptions,
  session: SessionTarget | undefined,
  deployments: Deployment[],
): { readonly script?: Observer } {
  const { deploys, beforeMs, afterMs } = options
  if (deploys === undefined) return {}
  const times = {
    beforeMs,
    afterMs,
    onBegin: (what: string) => options.onDeployment(what),
    onDeployment: (deployment: Deployment) => {
      deployments.push(deployment)
      options.onDeployment(deployment.what, deployment.failed ?? 'done')
    },
  }
  if ('command' in deploys) {
    const deploy = deployByCommand(argvOf({ kind: 'shell', line: deploys.command }), options.directory)
    return { script: scriptOf({ ...times, everyMs: 0, deploys: [{ what: deploys.command, deploy }] }) }
  }
  if (session === undefined) return {}
  const rebuild = (signal: AbortSignal): Promise<string | undefined> => session.rebuild(signal)
  const all = Array.from({ length: deploys.rebuilds }, (_, index) => ({
    what: `rebuild ${index + 1}`,
    deploy: rebuild,
  }))
  return { script: scriptOf({ ...times, everyMs: deploys.everyMs, deploys: all }) }
}

function observersOf(
  { gcLog, memstats, pids }: VerifyOptions,
  session: SessionTarget | undefined,
  { gc, usage }: { readonly gc: GcPause[]; readonly usage: UsagePoint[] },
): readonly Observer[] {
  const observers: Observer[] = []
  if (gcLog !== undefined) {
    observers.push((clock, signal) =>
      followFile(
        gcLog,
        (line) => {
          const ms = gcPauseIn(line)
          if (ms !== undefined) gc.push({ atMs: clock.now(), ms })
        },
        signal,
      ),
    )
  }
  if (memstats !== undefined) {
    observers.push((clock, signal) => pollMemstats(memstats, (ms) => void gc.push({ atMs: clock.now(), ms }), signal))
  }
  const who = pids.length > 0 ? () => Promise.resolve(pids) : session?.pids
  if (who !== undefined) {
    observers.push((clock, signal) =>
      followUsage(who, { now: clock.now, onPoint: (point) => void usage.push(point), signal }),
    )
  }
  return observers
}

import { randomUUID } from 'node:crypto'
import type { Release } from '../../model/release.ts'
import type { Command } from '../../model/service.ts'
import { checkCompatibility } from '../../rollout/compatibility/check-compatibility.ts'
import type { CheckContext } from '../../rollout/judge/check-context.ts'
import { since } from '../../rollout/judge/figures.ts'
import { judgeRelease } from '../../rollout/judge/judge-release.ts'
import { verdictOf } from '../../rollout/judge/verdict-of.ts'
import { commandOf } from '../../rollout/launch.ts'
import type { JudgeWindow, Judgement, Pair, RolloutContext, Span } from '../../rollout/staged/context.ts'
import { runCommand } from '../../supervise/command.ts'
import { adopt } from '../../supervise/detached/adopt.ts'
import { startDetached } from '../../supervise/detached/start.ts'
import { environmentOfRelease } from '../../supervise/environment.ts'
import type { Instance } from '../../supervise/instance.ts'
import { portInUse } from '../../supervise/start.ts'
import { urlVariable } from '../environment.ts'
import { Placing } from './placing.ts'
import type { Plant } from './plant.ts'
import { fromTree } from './project-tree.ts'
import { refuseDamaged } from './refuse-damaged.ts'
import { wallClock } from './wall-clock.ts'

/** How the rollouts of one service reach the mechanisms. */
export function rolloutContext(name: string, plant: Plant): RolloutContext {
  const { plane, ledger, releases, reports, state, emit, now } = plant
  const { processes } = state
  const placing = new Placing(name, plant)

  /** What a release's programs see: the machine's, where the other services are, the release's own. */
  const environment = (release: Release): Readonly<Record<string, string>> => {
    const urls = plant
      .project()
      .services.map((other) => [urlVariable(other.name), plant.addresses.url(other).replace(/\/$/, '')] as const)
    return environmentOfRelease({ ...Object.fromEntries(urls), ...plant.real }, release)
  }

  const start = async (release: Release, id: string, signal: AbortSignal): Promise<Instance> => {
    const { number, artifact } = release
    await refuseDamaged(release, signal)
    const service = fromTree(release.service, plant.project().root, artifact.tree)
    const instance = await startDetached(
      {
        id,
        service: name,
        release: number,
        command: commandOf(service, artifact),
        args: service.args,
        directory: service.workingDirectory,
        env: environment(release),
        ready: service.ready,
        stop: service.stop,
        ...(service.appPort === undefined ? {} : { appPort: service.appPort }),
        stdin: false,
        color: false,
      },
      {
        processes,
        logs: state.production.logs,
        started: (pid, port) => emit({ type: 'instance.started', service: name, release: number, pid, port }),
      },
      signal,
    )
    const { pid, readyMs: ms } = instance
    emit({ type: 'instance.ready', service: name, release: number, pid, ms })
    return instance
  }

  const checkContext = ({ release, trial, stable }: Pair): CheckContext => ({
    service: name,
    release: release.number,
    candidate: { host: trial.host, port: trial.port },
    ...(stable === undefined ? {} : { stable: { host: stable.instance.host, port: stable.instance.port } }),
    directory: fromTree(release.service, plant.project().root, release.artifact.tree).directory,
    env: environment(release),
    processes,
  })

  return {
    service: name,
    plane,
    board: placing,
    ledger,
    releases: {
      load: (_service, number) => releases.load(name, number),
      repeat: async (_service, number) => {
        await refuseDamaged(await releases.load(name, number), now)
        return releases.repeat(name, number)
      },
      list: () => releases.list(name),
      collect: (_service, keep) => releases.collect(name, keep),
    },
    report: (report) => reports.write(report),
    start,
    // One that was not ready yet is ended by the loop, which need not wait for it.
    adopt: (id) => adopt(id, { processes }),
    verify: async (pair, signal) => {
      const recorded = await plane.recorded(name)
      return checkCompatibility(pair.release.plan.compatibility, { ...checkContext(pair), recorded }, signal)
    },
    judge: (window, signal) => judge(window, checkContext(window.pair), signal),
    runCommand: async (command: Command, env, signal) => {
      const lines: string[] = []
      const directory = command.directory ?? plant.project().root
      const options = { directory, env: { ...plant.real, ...env }, processes, kind: 'step', service: name }
      const output = (line: string): void => void lines.push(line)
      const exit = await runCommand(command, { ...options, output, id: `${name}-${randomUUID()}` }, signal)
      return { exit, output: lines.join('\n') }
    },
    portInUse,
    newInstanceId: () => `${name}-${randomUUID()}`,
    emit,
    clock: wallClock,
    now,
  }
}

/** The gateway's own figures, and the checks that the plan names. Crashes end a rollout before anybody judges. */
async function judge(window: JudgeWindow, context: CheckContext, signal: AbortSignal): Promise<Judgement> {
  const settings = window.pair.release.plan.judge
  const of = (span: Span | undefined) => since(span?.from, span?.to)
  const stable = window.baseline === undefined ? undefined : of(window.baseline)
  const findings = await judgeRelease({ stable, trial: of(window.candidate), settings }, context, signal)
  return { verdict: verdictOf(findings), findings }
}

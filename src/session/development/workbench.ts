import { randomUUID } from 'node:crypto'
import type { BuildInputs, BuildNote, Builder } from '../../build/builder.ts'
import { createBuilder } from '../../build/create.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { commandText } from '../../model/command-text.ts'
import type { Emit } from '../../model/event.ts'
import { describeExit } from '../../model/instance.ts'
import type { Project } from '../../model/project.ts'
import type { Command, Service } from '../../model/service.ts'
import { Lane } from '../../rollout/lane.ts'
import type { Launch } from '../../rollout/lane-context.ts'
import { commandOf } from '../../rollout/launch.ts'
import { type CommandRun, Reaction } from '../../rollout/react.ts'
import type { Routes } from '../../rollout/routes.ts'
import type { StateDirectory } from '../../store/state.ts'
import { startDirect } from '../../supervise/activation/start-direct.ts'
import { runCommand } from '../../supervise/command.ts'
import type { Instance, StartSpec, SuperviseContext } from '../../supervise/instance.ts'
import { portInUse } from '../../supervise/start.ts'
import type { Starter } from '../../supervise/starter.ts'
import { HotlaneError, reportError } from '../../support/errors.ts'
import { matchesGlobs } from '../../watch/globs.ts'
import type { DirectSockets } from './direct-sockets.ts'
import { environmentOf, urlVariable } from '../environment.ts'
import { goDirectoryOf, ignoreOf, takesInput, unwatchedWhy } from './watched.ts'
import type { Listeners } from './listeners.ts'

/** What all services of a session share. */
export interface Workshop {
  readonly state: StateDirectory
  readonly gateway: Gateway
  readonly routes: Routes
  readonly listeners: Listeners
  readonly direct: DirectSockets
  readonly starter: Starter
  readonly emit: Emit
  readonly project: () => Project
  readonly real: Readonly<Record<string, string>>
  readonly stdin: boolean
  readonly color: boolean
  /** A build was seen to depend on these things. */
  readonly learnt: (inputs: BuildInputs) => void
  /** Aborted when everything is to end at once. */
  readonly now: AbortSignal
}

/** One service of a session: its lane, and what a change does to it. */
export interface Bench {
  readonly lane: Lane
  readonly reaction: Reaction
  /** Takes new settings of the service. */
  readonly configure: (service: Service) => void
  /** Forgets ignore rules that were read from this file, if any were. */
  readonly reread: (file: string) => void
  readonly close: (why: string) => Promise<void>
}

/** Connects the mechanisms for one service. */
export function openBench(first: Service, shop: Workshop): Bench {
  const { emit, now } = shop
  let service = first
  let ignore = ignoreOf(service)
  let { appPort } = service
  const name = first.name

  /** Strays are found by it later, so it must never come again on this machine. */
  const uniqueId = (): string => `${name}-${randomUUID()}`

  const environment = async (): Promise<Readonly<Record<string, string>>> => {
    const urls = shop
      .project()
      .services.map((other) => [urlVariable(other.name), shop.listeners.url(other).replace(/\/$/, '')] as const)
    return { ...Object.fromEntries(urls), ...(await environmentOf(service, shop.real, emit)) }
  }

  const run = async (command: Command, { output, signal, env = {} }: CommandRun) =>
    runCommand(
      command,
      {
        directory: command.directory ?? service.directory,
        env: { ...(await environment()), ...env },
        output,
        processes: shop.state.processes,
        id: uniqueId(),
        kind: 'command',
        service: name,
      },
      signal,
    )

  /** Runs commands one after the other and throws at the first that fails. */
  const runAll = async (commands: readonly Command[], code: 'HL3004' | 'HL6002', signal: AbortSignal) => {
    for (const command of commands) {
      const lines: string[] = []
      const exit = await run(command, { output: (line) => lines.push(line), signal })
      if (exit.code === 0) continue
      const params = { service: name, command: commandText(command), when: 'a switch', how: describeExit(exit) }
      throw new HotlaneError(code, { params, output: lines.join('\n') })
    }
  }

  const builderOf = (next: Service): Builder => {
    const asked = next.build.kind === 'command' && next.build.verbose === true
    return createBuilder(next, {
      artifacts: shop.state.artifacts,
      compilerThreads: shop.project().limits.compilerThreads,
      cacheBytes: shop.project().limits.cacheBytes,
      lowPriority: shop.project().limits.lowPriority,
      env: environment,
      told: (note) => tell(note),
      output: (line) => emit({ type: 'build.output', service: name, line, asked }),
    })
  }

  const tell = (note: BuildNote): void => {
    switch (note.kind) {
      case 'way':
        emit({ type: 'build.way', service: name, way: note.way, why: note.why })
        return
      case 'planned':
      case 'linker': {
        const missing = note.missing === undefined ? {} : { missing: note.missing }
        emit({ type: `build.${note.kind}`, service: name, ms: note.ms, ...missing })
        return
      }
      case 'confirmed':
        emit({ type: 'build.confirmed', service: name, artifact: note.artifact, ms: note.ms })
        return
      case 'differs':
        emit({ type: 'build.differs', service: name, error: note.error })
        void lane.request({ build: true, restart: false }).catch(tellFault)
    }
  }

  const tellFault = (error: unknown): void => emit({ type: 'session.fault', error: reportError(error) })

  /** From now on a start would disturb what serves. A service that accepts by itself is not behind the gateway's thread. */
  const separate = (): void => {
    if (!shop.direct.has(name)) shop.starter.separate()
  }

  const startInstance = async ({ artifact, release, beside }: Launch, signal: AbortSignal): Promise<Instance> => {
    if (beside !== undefined) separate()
    const spec: StartSpec = {
      id: uniqueId(),
      service: name,
      release,
      command: commandOf(service, artifact),
      args: service.args,
      directory: service.workingDirectory,
      env: await environment(),
      ready: service.ready,
      stop: service.stop,
      ...(appPort === undefined ? {} : { appPort }),
      ...(beside === undefined ? {} : { ports: await beside.ports() }),
      stdin: shop.stdin,
      color: shop.color,
    }
    const context: SuperviseContext = {
      processes: shop.state.processes,
      output: (pid, stream, line) => emit({ type: 'instance.output', service: name, pid, stream, line }),
      started: (pid, port) => emit({ type: 'instance.started', service: name, release, pid, port }),
    }
    const socket = shop.direct.of(name)
    const instance = await (socket === undefined
      ? shop.starter.start(spec, context, signal)
      : startDirect({ ...spec, socket }, context, signal))
    // What an app was seen to insist on need not be found out again.
    if (instance.portFixed) appPort = instance.port
    return instance
  }

  const lane = new Lane({
    service,
    builder: builderOf(service),
    gateway: shop.gateway,
    routes: shop.routes,
    emit,
    before: async (signal) => {
      // The build takes longer than the helper, which therefore keeps no start waiting.
      if (lane.serving !== undefined) separate()
      await runAll(service.before, 'HL3004', signal)
    },
    start: startInstance,
    after: async () => {
      try {
        await runAll(service.after, 'HL6002', now)
      } catch (error) {
        emit({ type: 'hook.failed', hook: `after a switch of ${name}`, error: reportError(error) })
      }
    },
    yieldPort: async (port) => {
      const moved = await shop.listeners.yield(service, port)
      if (moved !== undefined) shop.routes.place(service, moved)
      return moved !== undefined
    },
    portInUse,
    learnt: shop.learnt,
    publicUrl: () => shop.listeners.url(service),
    now,
  })
  const reaction = new Reaction({
    lane,
    emit,
    unwatched: (file) => unwatchedWhy({ service, ignore, outside: lane.inputs?.roots ?? [] }, file),
    goDirectory: (file) => goDirectoryOf(service, file),
    takes: (rule, file) => takesInput(service, rule, file),
    matches: (globs, file) => matchesGlobs(globs, service.directory, file),
    runCommand: run,
  })
  return {
    lane,
    reaction,
    configure: (next) => {
      service = next
      appPort = next.appPort
      ignore = ignoreOf(next)
      lane.configure(next, builderOf(next))
    },
    reread: (file) => void ignore.reread(file),
    close: async (why) => {
      await reaction.close()
      await lane.close(why)
    },
  }
}

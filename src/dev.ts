import type { Control } from './api/control.ts'
import { serveApi } from './api/serve.ts'
import type { BuildInputs } from './build/builder.ts'
import { createGateway } from './gateway/create.ts'
import type { ChangeSet } from './model/change.ts'
import type { Event } from './model/event.ts'
import type { Project } from './model/project.ts'
import type { Service } from './model/service.ts'
import { type LoadOptions, loadProject } from './project/load.ts'
import { restMs } from './rollout/retire.ts'
import { Routes } from './rollout/routes.ts'
import { realEnvironment } from './session/environment.ts'
import { EventStream } from './session/event-stream.ts'
import { runHooks } from './session/development/hooks.ts'
import { DirectSockets } from './session/development/direct-sockets.ts'
import { Listeners } from './session/development/listeners.ts'
import { tellCertificate } from './session/development/certificate.ts'
import { collectBuilt } from './session/development/collect.ts'
import { summarize } from './session/summarize.ts'
import { statusOf } from './session/development/status.ts'
import { Watching } from './session/development/watching.ts'
import { type Bench, openBench } from './session/development/workbench.ts'
import { lockState } from './store/lock.ts'
import { openState } from './store/state.ts'
import { refuseBesideDetached } from './supervise/detached/refuse.ts'
import { reap } from './supervise/reap.ts'
import { Starter } from './supervise/starter.ts'
import { HotlaneError, reportError } from './support/errors.ts'
import { nearest } from './support/nearest.ts'
import { type Scope, openInScope } from './support/scope.ts'

/** Settings files that toolchains and programs read as well. */
const manifest = /(^|[\\/])(go\.(mod|work)|package\.json)$/

export interface DevOptions {
  readonly directory: string
  readonly load: LoadOptions
  readonly env: Readonly<NodeJS.ProcessEnv>
  readonly platform: NodeJS.Platform
  /** Give services hotlane's stdin. */
  readonly stdin: boolean
  /** Ask services for colour. */
  readonly color: boolean
}

/** A running `hotlane dev`. */
export interface DevSession extends Control {
  /** Exit hooks, then a graceful end of everything. An abort of `now` kills what is left at once. */
  close(why: string, now?: AbortSignal): Promise<void>
}

/**
 * Serves a project and replaces each service at every change, until the session is closed.
 * Resolves when the gateway listens and changes are watched; first builds go on meanwhile.
 * @throws HotlaneError HL1001 to HL1007, HL2001, HL4006, HL5001, HL7002
 */
export async function dev(options: DevOptions, subscriber: (event: Event) => void): Promise<DevSession> {
  return openInScope((scope) => open(options, subscriber, scope))
}

async function open(options: DevOptions, subscriber: (event: Event) => void, scope: Scope): Promise<DevSession> {
  const stream = new EventStream()
  const { emit } = stream
  stream.subscribe(subscriber)
  const now = new AbortController()

  let { project } = await loadProject(options.directory, options.load)
  const state = await openState(project.root, options.platform)
  scope.defer(await lockState(state))
  await refuseBesideDetached(state.processes, project.root)
  tellProject(project)
  for (const orphan of await reap(state.processes, now.signal)) emit({ type: 'orphan.reaped', ...orphan })

  const gateway = scope.own(createGateway({ tellRelease: true, certificateNews: tellCertificate(emit) }))
  const routes = new Routes(gateway)
  const direct = new DirectSockets()
  scope.defer(() => direct.closeAll())
  const listeners = new Listeners(gateway, direct, emit)
  const benches = new Map<string, Bench>()
  const shop = {
    state,
    gateway,
    routes,
    listeners,
    direct,
    starter: scope.own(new Starter()),
    emit,
    project: () => project,
    real: realEnvironment(options.env),
    stdin: options.stdin,
    color: options.color,
    learnt: (inputs: BuildInputs) => {
      for (const root of inputs.roots) background(watching.include(root))
    },
    now: now.signal,
  }

  /** Work that nobody waits for: a fault in it is told, and ends nothing else. */
  const background = (work: Promise<unknown>): void => {
    void work.catch((error: unknown) => emit({ type: 'session.fault', error: reportError(error) }))
  }

  const add = async (service: Service): Promise<Bench> => {
    routes.place(service, await listeners.open(service))
    const bench = openBench(service, shop)
    benches.set(service.name, bench)
    return bench
  }

  const reload = async (): Promise<boolean> => {
    let next: Project
    try {
      next = (await loadProject(options.directory, options.load)).project
    } catch (error) {
      emit({ type: 'project.failed', error: reportError(error) })
      return false
    }
    if (JSON.stringify(next) === JSON.stringify(project)) return true
    const before = project
    project = next
    tellProject(project, before)
    await applyProject(before)
    return true
  }

  const applyProject = async (before: Project): Promise<void> => {
    for (const service of before.services) {
      const next = project.services.find(({ name }) => name === service.name)
      if (next !== undefined && !movesDirect(service, next)) continue
      const bench = benches.get(service.name)
      benches.delete(service.name)
      await bench?.close(next === undefined ? 'the service is no longer part of the project' : 'its address changes')
      routes.remove(service.name)
      await listeners.close(service.name)
    }
    for (const service of project.services) {
      const old = before.services.find(({ name }) => name === service.name)
      if (JSON.stringify(old) === JSON.stringify(service)) continue
      const bench = benches.get(service.name)
      if (bench === undefined || old === undefined) {
        background((await add(service)).lane.request({ build: true, restart: true }))
        continue
      }
      if (JSON.stringify(old.listen) !== JSON.stringify(service.listen)) {
        await listeners.close(service.name)
        await listeners.open(service)
      }
      routes.place(service, listeners.place(service.name))
      bench.configure(service)
      background(bench.lane.request({ build: true, restart: true }))
    }
    await watching.follow(project)
  }

  const take = async (change: ChangeSet): Promise<void> => {
    const paths = change.files.map(({ path }) => path)
    if (paths.some((path) => project.settingsFiles.includes(path))) await reload()
    for (const bench of benches.values()) paths.forEach((path) => bench.reread(path))
    // Settings of hotlane's own are no input of any program; what toolchains read too is.
    const files = change.files.filter(({ path }) => !project.settingsFiles.includes(path) || manifest.test(path))
    await Promise.all(Array.from(benches.values(), ({ reaction }) => reaction.react({ ...change, files })))
  }

  const watching = new Watching(emit, (change) => {
    background(take(change))
  })
  scope.own(watching)

  const control: Control = {
    status: () => statusOf(project, benches, shop),
    subscribe: (listener) => stream.subscribe(listener),
    rebuild: async (name) => {
      await Promise.all(choose(benches, name).map(({ lane }) => lane.request({ build: true, restart: true })))
    },
    restart: async () => {
      await reload()
      await control.rebuild()
    },
  }

  for (const service of project.services) await add(service)
  scope.own(await serveApi(state.socket, { mode: 'dev', control }))
  await watching.follow(project)
  await runHooks(project.atStart, 'start', shop)
  for (const { lane } of benches.values()) background(lane.request({ build: true, restart: true }))
  let collecting: NodeJS.Timeout | undefined
  const collect = (): void => {
    collecting = undefined
    const served = [...benches.values()].flatMap(({ lane }) => lane.artifacts)
    background(collectBuilt(state, { served, budgetBytes: project.limits.cacheBytes }))
  }
  stream.subscribe((event) => {
    if (event.type === 'service.switched') collecting ??= setTimeout(collect, restMs)
  })
  scope.defer(() => clearTimeout(collecting))

  const close = async (why: string): Promise<void> => {
    emit({ type: 'session.stopping', why })
    await watching[Symbol.asyncDispose]()
    await runHooks(project.atExit, 'exit', shop)
    await listeners.shut()
    await Promise.all(Array.from(benches.values(), (bench) => bench.close(why)))
    await scope.close()
    emit({ type: 'session.stopped' })
  }
  let closing: Promise<void> | undefined
  return {
    ...control,
    close: (why, at) => {
      if (at?.aborted === true) now.abort()
      at?.addEventListener('abort', () => now.abort(), { once: true })
      closing ??= close(why)
      return closing
    },
  }

  function tellProject(next: Project, before?: Project): void {
    const { source, services, notes, root } = next
    emit({
      type: 'project.loaded',
      root,
      source: source.file ?? source.kind,
      services: services.map(summarize),
      quiet: next.quiet,
      clearOnRebuild: next.clearOnRebuild,
    })
    const known = new Set(before?.notes.map((note) => JSON.stringify(note)))
    for (const note of notes) if (!known.has(JSON.stringify(note))) emit({ type: 'project.note', note })
  }
}

/**
 * Whether a service that accepts by itself gets another address, or begins or ceases to do so. An instance holds the socket for
 * as long as it lives, so it has to be gone before its address is anybody else's.
 */
function movesDirect(before: Service, next: Service): boolean {
  if (before.direct !== true && next.direct !== true) return false
  return before.direct !== next.direct || JSON.stringify(before.listen) !== JSON.stringify(next.listen)
}

function choose(benches: ReadonlyMap<string, Bench>, name: string | undefined): readonly Bench[] {
  if (name === undefined) return [...benches.values()]
  const bench = benches.get(name)
  if (bench !== undefined) return [bench]
  const near = nearest(name, benches.keys())
  const suggestion = near === undefined ? '' : ` (did you mean ${near}?)`
  throw new HotlaneError('HL1007', { params: { name, suggestion, known: [...benches.keys()].join(', ') } })
}

import path from 'node:path'
import { createRequire } from 'node:module'
import type { Control } from './api/control.ts'
import type { ProductionControl } from './api/production.ts'
import { serveApi, serveApiAt } from './api/serve.ts'
import { ensureToken } from './api/token.ts'
import type { Event } from './model/event.ts'
import type { Project } from './model/project.ts'
import { type LoadOptions, loadProject } from './project/load.ts'
import { RouteBoard } from './rollout/staged/board.ts'
import { openLedger } from './rollout/staged/ledger.ts'
import { realEnvironment } from './session/environment.ts'
import { EventStream } from './session/event-stream.ts'
import { Addresses } from './session/production/addresses.ts'
import { collect } from './session/production/collect.ts'
import { endStrays, servicesIn } from './session/production/take-over.ts'
import { productionControl } from './session/production/control.ts'
import { refuseDirect } from './session/production/refuse-direct.ts'
import { openGateway } from './session/production/open-gateway.ts'
import type { Plant } from './session/production/plant.ts'
import { Roster } from './session/production/roster.ts'
import { tendingLogs } from './session/production/tend.ts'
import { tellForgotten, tellProject } from './session/production/tell-project.ts'
import { lockState } from './store/lock.ts'
import { usualLogLimits } from './store/logs/tend.ts'
import { Releases } from './store/releases.ts'
import { Reports } from './store/reports.ts'
import { openState } from './store/state.ts'
import { HotlaneError, isAbort, reportError } from './support/errors.ts'
import { type Scope, openInScope } from './support/scope.ts'
import { createSlots } from './support/slots.ts'

export interface UpOptions {
  readonly directory: string
  readonly load: LoadOptions
  readonly env: Readonly<NodeJS.ProcessEnv>
  readonly platform: NodeJS.Platform
  /** Absolute; `.hotlane` in the project where absent. */
  readonly stateDirectory?: string
  /** Where the API is to listen besides its socket; its token is in `api-token` of the state directory. */
  readonly api?: { readonly host: string; readonly port: number }
}

/** A running `hotlane up`. */
export interface UpSession extends ProductionControl, Pick<Control, 'subscribe'> {
  /** Ends the control process' part; gateway and services go on, and the next `up` takes them over. */
  release(): Promise<void>
  /** Ends everything. An abort of `now` kills what is left at once. */
  close(why: string, now?: AbortSignal): Promise<void>
}

/** How long requests may take to their end when everything ends. */
const closeGraceMs = 10_000

/**
 * Runs a project in production: takes over what an earlier control process has left, and deploys what has no release yet.
 * Resolves when the gateway listens and the API answers; first builds go on meanwhile.
 * @throws HotlaneError HL1001 to HL1010, HL5001, HL5004, HL6110 to HL6112, HL7002, HL7008, HL7009
 */
export async function up(options: UpOptions, subscriber: (event: Event) => void): Promise<UpSession> {
  return openInScope((scope) => open(options, subscriber, scope))
}

async function open(options: UpOptions, subscriber: (event: Event) => void, scope: Scope): Promise<UpSession> {
  const stream = new EventStream()
  const { emit } = stream
  stream.subscribe(subscriber)
  const now = new AbortController()

  let { project } = await loadProject(options.directory, options.load)
  refuseDirect(project)
  const state = await openState(project.root, options.platform, options.stateDirectory)
  scope.defer(await lockState(state))
  tellProject(project, emit)

  const ledger = openLedger(state.production.journal, { now: Date.now })
  scope.defer(() => ledger.close())
  if (ledger.cutBytes > 0) emit({ type: 'journal.repaired', file: state.production.journal, bytes: ledger.cutBytes })
  const version = ownVersion()
  const plane = await openGateway(project, { directory: state.production.gateway, version, emit }, now.signal)
  scope.own(plane)
  const found = plane.pids().length > 0
  let isOpen = false
  // Workers that nobody would look after are not left behind; those that were found go on.
  scope.defer(async () => {
    if (!isOpen && !found) await plane.close(0)
  })

  await endStrays({ state, ledger, emit }, now.signal)
  const known = servicesIn(ledger)
  const declared = project.services.map(({ name }) => name)
  for (const name of known) if (!declared.includes(name)) tellForgotten(name, emit)
  const names = [...new Set([...declared, ...known])]
  const plant: Plant = {
    state,
    plane,
    board: new RouteBoard(plane, names, { isServing: found }),
    ledger,
    releases: new Releases(state.production.releases),
    reports: new Reports(state.production.reports),
    addresses: new Addresses(plane, emit, plane.addresses()),
    project: () => project,
    real: realEnvironment(options.env),
    emit,
    making: createSlots(1),
    now: now.signal,
  }
  const roster = new Roster(plant)
  scope.defer(() => roster.leave())
  // Opened now, so that an address that is taken is told before anything runs; a release brings its own.
  for (const service of project.services) if (!known.includes(service.name)) await plant.addresses.open(service)
  for (const name of names) roster.add(name)
  scope.defer(tendingLogs(plant, usualLogLimits))

  let ending: Promise<void> | undefined
  const close = async (why: string): Promise<void> => {
    emit({ type: 'session.stopping', why })
    await plane.close(closeGraceMs)
    try {
      await roster.end()
    } finally {
      await scope.close()
    }
    emit({ type: 'session.stopped' })
  }
  const release = async (): Promise<void> => {
    await roster.leave()
    await scope.close()
  }

  const reload = async (): Promise<Project> => {
    const next = (await loadProject(options.directory, options.load)).project
    refuseDirect(next)
    if (JSON.stringify(next) !== JSON.stringify(project)) tellProject(next, emit)
    return (project = next)
  }
  const control = productionControl({
    plant,
    roster,
    version,
    workers: () => plane.pids(),
    reload,
    down: () => (ending ??= close('hotlane down')),
  })
  const session = { ...control, subscribe: (listener: (event: Event) => void) => stream.subscribe(listener) }
  scope.own(await serveApi(state.socket, { mode: 'production', control: session }))
  if (options.api !== undefined) {
    const token = await ensureToken(path.join(state.root, 'api-token'))
    scope.own(await serveApiAt({ ...options.api, token }, { mode: 'production', control: session }))
  }

  const background = (work: Promise<unknown>): void => {
    void work.catch((error: unknown) => {
      // A build that failed has been told as what it is, and one that was ended is no news.
      if (!isAbort(error) && !(error instanceof HotlaneError && error.code.startsWith('HL30')))
        emit({ type: 'session.fault', error: reportError(error) })
    })
  }
  for (const { name } of project.services) {
    const { stable, rollout } = ledger.state(name)
    if (stable === undefined && rollout === undefined) background(control.deploy({ service: name }))
  }
  stream.subscribe((event) => {
    if (event.type === 'rollout.finished') background(plant.making(() => collect(plant)))
  })

  isOpen = true
  return {
    ...session,
    release: () => (ending ??= release()),
    close: (why, at) => {
      if (at?.aborted === true) now.abort()
      at?.addEventListener('abort', () => now.abort(), { once: true })
      return (ending ??= close(why))
    },
  }
}

function ownVersion(): string {
  return (createRequire(import.meta.url)('../package.json') as { readonly version: string }).version
}
